import { createClient } from '@redis/client';
import { processClock } from '../../time/clock.ts';
import { afterSilence } from '../../time/silence.ts';

/** How long Redis may be silent while something is asked of it. */
export const PATIENCE_MS = 2_000;

/** One connection, from its beginning to its end. It is over when it breaks, or when Redis is silent for too long. */
export class RedisConnection {
  readonly client;
  readonly #onOver: (why: unknown) => void;
  #asked = 0;
  #stopWatching: () => void = () => undefined;

  constructor(url: string, onOver: (why: unknown) => void) {
    this.#onOver = onOver;
    this.client = createClient({
      url,
      ...{ disableOfflineQueue: true, maintNotifications: 'disabled', disableClientInfo: true },
      socket: { reconnectStrategy: false, connectTimeout: PATIENCE_MS, noDelay: true },
    });
    this.client.on('error', onOver);
    this.client.on('end', () => onOver(new Error('the connection was closed')));
  }

  /** Waits for the answer to something that was asked on it. */
  async answered<Reply>(reply: Promise<Reply>): Promise<Reply> {
    this.#asked += 1;
    if (this.#asked === 1) this.#watch();
    try {
      return await reply;
    } finally {
      this.#asked -= 1;
      // What is still asked is waited for anew.
      this.#stopWatching();
      if (this.#asked > 0) this.#watch();
    }
  }

  end(): void {
    this.#stopWatching();
    if (this.client.isOpen) this.client.destroy();
  }

  #watch(): void {
    this.#stopWatching = afterSilence(processClock, PATIENCE_MS, () => this.#onOver(silent()));
  }
}

export function silent(): Error {
  return new Error(`it did not answer within ${PATIENCE_MS} ms`);
}
