import type { Agent, Fields, ServedTurn, TurnMetadata } from '../../agent/agent.ts';
import type { BargeIn } from '../../contract/barge-in.ts';
import type { Json } from '../../contract/items.ts';
import type { ToolPolicy } from '../../contract/rounds.ts';
import type { CallToolInput } from '../../contract/steps.ts';
import type { OpenedStart } from '../../contract/turn.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import type { TurnHappening, TurnState } from '../../turn/turn-state.ts';
import type { SharedFillers, SpeakingTurn } from '../speech/fillers.ts';
import type { AuthorCode } from './author-code.ts';
import type { ResultCache } from './result-cache.ts';
import type { RunElsewhere } from './run-elsewhere.ts';
import type { OnLogged } from './tool-log.ts';
import type { ThreadRun } from './tool-places.ts';

/** What a call's step says that is to be done, without who does it and when: what a claim of it has to equal (I3). */
export type CallContent = Pick<CallToolInput, 'name' | 'arguments' | 'policy'>;

export function callContent({ name, arguments: args, policy }: CallContent): CallContent {
  return { name, arguments: args, policy };
}

export interface CallInput extends CallContent, Pick<CallToolInput, 'mayHaveBegun'> {
  readonly step: string;
  /** Of a tool that a tools-only worker runs. */
  readonly elsewhere?: RunElsewhere;
}

/** Whether home begins a call only when the record asks for it: a write (I1), and what a tools-only worker runs. */
export function isLeftToRecord({ effect, worker }: ToolPolicy): boolean {
  return effect === 'write' || worker !== undefined;
}

/** Runs that were begun for calls while the model still wrote them, by step. */
export interface EarlyRuns {
  readonly find: <T>(step: string, content: object) => Promise<T> | undefined;
  /** The call has taken the run. */
  readonly record: (step: string) => void;
  readonly cancel: (step: string) => void;
}

/** A turn as far as one of its calls needs it. */
export interface CallingTurn extends SpeakingTurn {
  readonly id: string;
  readonly start: Pick<OpenedStart, 'conversationId' | 'traceparent' | 'tracestate'>;
  readonly metadata: TurnMetadata;
  /** What functions of the agent's author are told of it. */
  readonly served: ServedTurn<Fields>;
  /** What the rules say of the turn now. */
  readonly played: TurnState;
  /** The last one. */
  readonly bargeIn: BargeIn | undefined;
  /** Aborted by the next one. */
  readonly nextBargeIn: AbortSignal;
  /** Resolves when this process is sure to be the turn's home, or to be it no longer. Undefined where it is sure. */
  readonly doubted: Promise<void> | undefined;
  readonly early: EarlyRuns;
  readonly account: { readonly threw: (step: string, thrown: unknown, given?: Json) => void };
  /** A call has passed its gate. */
  readonly begin: (call: string) => void;
  readonly fillers: SharedFillers;
  readonly happened: (happening: TurnHappening) => void;
}

/** Why a run was aborted whose result is for nobody: the step is done again, or left to the record. */
export class RunReplaced extends Error {
  override readonly name = 'RunReplaced';
}

/** What the calls of a process are run with. */
export interface CallDependencies {
  readonly agent: Agent;
  readonly cache: ResultCache;
  /** Runs what the agent's author wrote. */
  readonly authors: AuthorCode;
  /** Runs a tool on a worker thread. */
  readonly runOnThread: ThreadRun;
  /** Takes what tools log. */
  readonly onLogged: OnLogged;
}

export interface Calling extends CallDependencies {
  readonly turn: CallingTurn;
  readonly publish: (event: NewEvent) => void;
  /** Aborted when the call is no longer wanted, never because its process lost sight of Temporal. */
  readonly signal: AbortSignal;
}
