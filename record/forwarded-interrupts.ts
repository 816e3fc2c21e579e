import type { Client } from '@temporalio/client';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { AskedInterrupt, Interrupted } from '../contract/barge-in.ts';
import { limits } from '../contract/http.ts';
import { retryUntilGiven } from '../time/retry.ts';
import { hasEnded, interruptWorkflow, isUpdateFailure, RUN_ENDED } from './send-interrupt.ts';
import { temporalFault } from './temporal-fault.ts';

/** The home of a turn could not cut it; the turn goes on. */
export class InterruptFailed extends Error {
  override readonly name = 'InterruptFailed';

  constructor(turnId: string) {
    super(`Turn '${turnId}' could not be interrupted; it goes on`);
  }
}

/**
 * Interrupts of turns that other processes speak for. Each is sent until its workflow has taken it or has ended, however long
 * its post waits: repeats carry its id, so that it is taken once.
 */
export class ForwardedInterrupts {
  readonly #client: Client;
  readonly #logger: Logger;
  readonly #sending = new Map<string, Promise<Interrupted | 'ended'>>();
  readonly #ids = new LRUCache<string, ReadonlySet<string>>({ max: 10_000 });

  constructor({ client, logger }: { readonly client: Client; readonly logger: Logger }) {
    this.#client = client;
    this.#logger = logger;
  }

  /** False for one more than a turn takes: its workflow is not asked again. */
  mayTake(turnId: string, { id }: AskedInterrupt): boolean {
    const ids = this.#ids.get(turnId);
    return ids === undefined || ids.has(id) || ids.size < limits.interruptIds;
  }

  /**
   * Resolves with what is then true of the turn. `ended` where it had ended before. Rejects with InterruptFailed where its home
   * could not cut it, or as Temporal refuses the update.
   */
  async send(turnId: string, asked: AskedInterrupt): Promise<Interrupted | 'ended'> {
    this.#ids.set(turnId, new Set([...(this.#ids.get(turnId) ?? []), asked.id]));
    const key = `${turnId}\n${asked.id}`;
    const sent = this.#sending.get(key) ?? this.#send(turnId, asked).finally(() => this.#sending.delete(key));
    this.#sending.set(key, sent);
    return sent;
  }

  /** Resolves when none is under way. */
  async whenSent(): Promise<void> {
    await Promise.allSettled(this.#sending.values());
  }

  async #send(turnId: string, asked: AskedInterrupt): Promise<Interrupted | 'ended'> {
    return retryUntilGiven(async () => {
      try {
        return await interruptWorkflow(this.#client, turnId, asked);
      } catch (error) {
        if (await hasEnded(this.#client, turnId, error)) return 'ended';
        if (isUpdateFailure(error, RUN_ENDED) || temporalFault(error) === 'unreachable') return undefined;
        this.#logger.warn(
          { turn: turnId, err: error },
          'A turn of another process could not be interrupted; it goes on',
        );
        throw isUpdateFailure(error, 'Interrupt.Failed') ? new InterruptFailed(turnId) : error;
      }
    });
  }
}
