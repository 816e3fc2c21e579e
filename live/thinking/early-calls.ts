import type { Item, Json } from '../../contract/items.ts';
import type { CallResult } from '../../contract/rounds.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { toolStep } from '../../turn/steps.ts';
import { MAX_CALLS_PER_ROUND } from '../../turn/turn-state.ts';
import { checkCall, type CheckedCall, type CheckedWith } from './check-calls.ts';
import type { CallFollower } from './model-reply.ts';
import type { ReplyCall } from './reply-calls.ts';
import { runWithFallback } from '../calls/run-with-fallback.ts';
import { callContent, isLeftToRecord } from '../calls/call-step.ts';
import type { Thinking } from './think-step.ts';

export interface EarlySetting extends Omit<Thinking, 'signal' | 'publish'>, Pick<CheckedWith, 'maxCallsChars'> {
  readonly round: number;
  /** The conversation as the model was shown it. */
  readonly items: readonly Item[];
}

/** What is known of a call while its reply is still being written. */
interface EarlyCall {
  readonly asked: ReplyCall;
  readonly checked: CheckedCall;
  readonly run?: { readonly step: string; readonly result: Promise<CallResult> };
}

/**
 * Calls of a reply that is still being written. A read that waits for nothing runs as soon as its own arguments are whole
 * and checked; the call takes its result if the model really makes it.
 *
 * 1. A check and a run belong to one call: its place in its reply, its name and its arguments. They serve no other.
 * 2. What serves no call is aborted at once, and counted as dropped: where the reply broke off, or the call went on.
 */
export class EarlyCalls implements CallFollower {
  readonly #setting: EarlySetting;
  readonly #calls = new Map<number, EarlyCall>();

  constructor(setting: EarlySetting) {
    this.#setting = setting;
  }

  restart(): void {
    for (const place of [...this.#calls.keys()]) this.spoil(place);
  }

  complete(place: number, asked: ReplyCall): void {
    this.spoil(place);
    const checked = this.#check(place, asked);
    const run = this.#begin(place, checked);
    this.#calls.set(place, { asked, checked, ...(run && { run }) });
  }

  spoil(place: number): void {
    const run = this.#calls.get(place)?.run;
    if (run) this.#setting.turn.dropEarly(run.step, run.result);
    this.#calls.delete(place);
  }

  /** A call of the reply that is all there. It is checked once: what an author's functions say of it is asked once too. */
  checked(place: number, asked: ReplyCall): CheckedCall {
    const early = this.#calls.get(place);
    if (early?.asked.name === asked.name && early.asked.arguments === asked.arguments) return early.checked;
    this.spoil(place);
    return this.#check(place, asked);
  }

  #check(place: number, asked: ReplyCall): CheckedCall {
    const { items, round, turn } = this.#setting;
    const onThrown = (thrown: unknown, args: Json): void =>
      turn.account.threw(toolStep(round, place, asked.name), thrown, args);
    return checkCall(asked, { ...this.#setting, transcript: items, onThrown });
  }

  #begin(place: number, { planned }: CheckedCall): EarlyCall['run'] {
    if (planned.fault) return undefined;
    const { name, policy, requires, after } = planned;
    if (requires || after || place >= MAX_CALLS_PER_ROUND) return undefined;
    if (isLeftToRecord(policy) || policy.start !== 'at_once') return undefined;
    const { turn, round } = this.#setting;
    const step = toolStep(round, place, name);
    const input = { step, name, arguments: planned.arguments, policy };
    const publish = (event: NewEvent): void => turn.publish(step, event);
    const run = (signal: AbortSignal) => runWithFallback(input, { ...this.#setting, publish, signal });
    return { step, result: turn.early.join(step, callContent(input), run) };
  }
}
