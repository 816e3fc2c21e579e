import type { Agent } from '../agent/agent.ts';
import type { Round } from '../contract/rounds.ts';
import type { ThinkInput, ThinkResult } from '../contract/steps.ts';
import { ProviderFailure } from '../providers/failure.ts';
import type { LanguageModel } from '../providers/model.ts';
import type { NewEvent } from '../stream/turn-stream.ts';
import { planCalls } from '../turn/plan-calls.ts';
import { speechId } from '../turn/step-ids.ts';
import { checkCalls } from './check-calls.ts';
import type { LiveSpeech } from './live-speech.ts';
import type { LiveTurn } from './live-turn.ts';
import { streamReply } from './model-reply.ts';
import type { Reply } from './model-reply.ts';
import { toModelRequest } from './prompt.ts';

export interface Thinking {
  readonly agent: Agent;
  readonly model: LanguageModel;
  /** Longest silence of the model before it counts as failed. */
  readonly modelPatienceMs: number;
  readonly turn: LiveTurn;
  readonly publish: (event: NewEvent) => void;
  readonly signal: AbortSignal;
}

/** The model failed for good. What it had said until then was heard. */
export class ThinkFailed extends Error {
  override readonly name = 'ThinkFailed';
  readonly said: string;

  constructor(failure: ProviderFailure, said: string) {
    super(failure.message, { cause: failure });
    this.said = said;
  }
}

/**
 * One model call: its words are spoken while it still writes, its calls are checked when it is done. Cut short by
 * `signal`, it returns what was said. Throws ThinkFailed.
 */
export async function thinkAloud(input: ThinkInput, thinking: Thinking): Promise<ThinkResult> {
  const { agent, model, modelPatienceMs: patienceMs, turn, publish, signal } = thinking;
  for (const { call, result } of input.settled ?? []) turn.recordResult(call, result);
  const { context } = turn.input;
  const request = toModelRequest({ agent, items: turn.items, context, mustAnswer: input.mustAnswer });
  const reply: Reply = { text: '', calls: [] };
  let speech: LiveSpeech | undefined;
  const onText = (text: string): void => {
    speech ??= turn.voice.begin(speechId(input.round, 1), publish);
    speech.say(text);
  };
  try {
    await streamReply(request, reply, { model, patienceMs, signal, onText });
  } catch (error) {
    speech?.end('answer');
    if (signal.aborted) return { text: reply.text, calls: [] };
    throw error instanceof ProviderFailure ? new ThinkFailed(error, reply.text) : error;
  }
  const result = { text: reply.text, calls: checkCalls(agent, reply.calls) };
  const round = toRound(input, result);
  speech?.end(round.speeches[0]?.kind ?? 'answer');
  turn.recordRound(round);
  publishTurnedDown(round, publish);
  return result;
}

function toRound({ round, mustAnswer }: ThinkInput, { text, calls }: ThinkResult): Round {
  const kind = calls.length > 0 && !mustAnswer ? 'preamble' : 'answer';
  const speeches = text.trim() === '' ? [] : ([{ speech: speechId(round, 1), kind, text }] as const);
  return { round, speeches, calls: planCalls(round, calls, mustAnswer) };
}

function publishTurnedDown({ calls }: Round, publish: Thinking['publish']): void {
  for (const { call, name, settled } of calls) {
    if (settled) publish({ type: 'tool.finished', call, name, ...settled, source: 'run' });
  }
}
