import type { Item } from '../contract/items.ts';
import type { NewEvent } from '../stream/turn-stream.ts';
import { toolStep } from '../turn/steps.ts';
import { MAX_CALLS_PER_ROUND } from '../turn/turn-state.ts';
import { checkCall, type CheckedCall } from './check-calls.ts';
import type { ReplyCall } from './model-reply.ts';
import { runTools, type Calling } from './run-call.ts';
import { callContent } from './step-work.ts';

export interface EarlySetting extends Omit<Calling, 'signal' | 'publish'> {
  readonly round: number;
  /** The conversation as the model was shown it. */
  readonly items: readonly Item[];
}

/**
 * Calls of a reply that is still being written. A read that waits for nothing runs as soon as its own arguments are whole
 * and checked; the call takes its result if it comes to be made with the same arguments under the same policy.
 */
export class EarlyCalls {
  readonly #setting: EarlySetting;
  readonly #steps = new Map<number, string>();
  readonly #checked = new Map<number, { readonly text: string; readonly call: CheckedCall }>();

  constructor(setting: EarlySetting) {
    this.#setting = setting;
  }

  complete(index: number, call: ReplyCall): void {
    const { planned } = this.checked(index, call);
    const { name, policy, fault, requires, after } = planned;
    const { turn, round } = this.#setting;
    const step = toolStep(round, index, name);
    this.#takePlace(index, step);
    if (!policy || fault || requires || after || index >= MAX_CALLS_PER_ROUND) return;
    if (policy.effect !== 'read' || policy.start !== 'at_once') return;
    const input = { step, name, arguments: planned.arguments, policy };
    const publish = (event: NewEvent): void => turn.publish(step, event);
    void turn.early.join(step, callContent(input), (signal) => runTools(input, { ...this.#setting, publish, signal }));
  }

  /** A reply that broke off is written anew, and may ask for something else in this place. */
  #takePlace(index: number, step: string): void {
    const earlier = this.#steps.get(index);
    if (earlier !== undefined && earlier !== step) this.#setting.turn.early.cancel(earlier);
    this.#steps.set(index, step);
  }

  /** A call is checked once: what an author's functions say of it is asked once too. */
  checked(index: number, call: ReplyCall): CheckedCall {
    const earlier = this.#checked.get(index);
    if (earlier?.text === call.arguments) return earlier.call;
    const checked = checkCall(this.#setting.agent, call, this.#setting.items);
    this.#checked.set(index, { text: call.arguments, call: checked });
    return checked;
  }
}
