export type Endpoint = 'chat' | 'speech' | 'messages' | 'responses';

/**
 * `status`: an error answer. `hang`: nothing more comes, the connection stays open. `broken_stream`: the connection is closed.
 * `cut_short`: the stream ends as if complete, without the reply's end. `garbage`: bytes that are not of this wire. `error_event`: an
 * error in the stream, on wires that have events for it.
 */
export interface Failure {
  readonly kind: 'status' | 'hang' | 'broken_stream' | 'cut_short' | 'garbage' | 'error_event';
  /** Of kind `status`; default 500. */
  readonly status?: number;
  /** Of kind `status`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of kinds `status` and `error_event`: in the error. */
  readonly code?: string;
  /** How many tokens, or chunks of audio, are sent first; default 0. Ignored for `status`. */
  readonly afterTokens?: number;
}

export interface FailureOrder extends Failure {
  readonly endpoint: Endpoint;
  /** How many requests in a row; default 1. */
  readonly times?: number;
}

/** Failures ordered for the next requests, in the order of the orders. */
export class FailurePlan {
  readonly #orders: FailureOrder[] = [];

  order(order: FailureOrder): void {
    for (let count = 0; count < (order.times ?? 1); count += 1) this.#orders.push(order);
  }

  take(endpoint: Endpoint): Failure | undefined {
    const index = this.#orders.findIndex((order) => order.endpoint === endpoint);
    return index < 0 ? undefined : this.#orders.splice(index, 1)[0];
  }
}
