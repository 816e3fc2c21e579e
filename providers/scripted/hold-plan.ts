import { once } from 'node:events';
import type { Endpoint } from './failure-plan.ts';
import type { Pace } from './wire/exchange.ts';

export interface HoldOrder {
  readonly endpoint: Endpoint;
  /** How many tokens, or chunks of audio, are sent first; default 0. */
  readonly afterTokens?: number;
}

interface Hold extends HoldOrder {
  readonly released: Promise<void>;
}

/** Orders for the next requests to wait in mid-answer, in the order of the orders. */
export class HoldPlan {
  readonly #holds: Hold[] = [];

  /** Returns a function that lets the request go on. */
  order(order: HoldOrder): () => void {
    const { promise: released, resolve } = Promise.withResolvers<void>();
    this.#holds.push({ ...order, released });
    return resolve;
  }

  /** The pace of one request, with its hold if one was ordered. */
  take(endpoint: Endpoint, pace: Pace, signal: AbortSignal): Pace {
    const index = this.#holds.findIndex((hold) => hold.endpoint === endpoint);
    const [hold] = index < 0 ? [] : this.#holds.splice(index, 1);
    if (!hold) return pace;
    let sent = 0;
    return async () => {
      signal.throwIfAborted();
      if (sent === (hold.afterTokens ?? 0)) await Promise.race([hold.released, once(signal, 'abort')]);
      sent += 1;
      await pace();
    };
  }
}
