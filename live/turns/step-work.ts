import type { Agent } from '../../agent/agent.ts';
import type { CallToolInput, ThinkInput, VoiceInput } from '../../contract/steps.ts';
import type { LanguageModel } from '../../providers/model.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import type { LiveTurn } from './live-turn.ts';
import type { AuthorCode } from '../calls/author-code.ts';
import type { ResultCache } from '../calls/result-cache.ts';
import type { ThreadRun } from '../calls/thread-run.ts';

/** What the steps of a process's turns are done with. */
export interface StepDependencies {
  readonly agent: Agent;
  readonly model: LanguageModel;
  /** Longest silence of the model between two pieces of a reply before it counts as failed. */
  readonly modelPatienceMs: number;
  readonly cache: ResultCache;
  /** Runs what the agent's author wrote. */
  readonly authors: AuthorCode;
  /** Runs a tool on a worker thread. */
  readonly runOnThread: ThreadRun;
}

/** What one step works with. */
export interface StepWork {
  readonly turn: LiveTurn;
  readonly publish: (event: NewEvent) => void;
  /** Aborted when the step is no longer wanted, never because its process lost sight of Temporal. */
  readonly signal: AbortSignal;
}

// What a step says that is to be done, without who does it and when: what a claim has to equal (I3).
export type ThinkContent = Pick<ThinkInput, 'round' | 'mustAnswer' | 'settled'>;
export type VoiceContent = Pick<VoiceInput, 'speech' | 'kind' | 'text'>;
export type CallContent = Pick<CallToolInput, 'name' | 'arguments' | 'policy'>;

export function thinkContent({ round, mustAnswer, settled }: ThinkContent): ThinkContent {
  return { round, mustAnswer, ...(settled && { settled }) };
}

export function voiceContent({ speech, kind, text }: VoiceContent): VoiceContent {
  return { speech, kind, text };
}

export function callContent({ name, arguments: args, policy }: CallContent): CallContent {
  return { name, arguments: args, policy };
}
