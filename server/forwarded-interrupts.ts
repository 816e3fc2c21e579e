import { setTimeout as delay } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Interrupted } from '../contract/cut.ts';
import { limits } from '../contract/http.ts';
import type { AskedInterrupt } from '../live/turns/interrupts.ts';
import { interruptWorkflow } from './record-cut.ts';
import { toProblem } from './to-problem.ts';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;

/**
 * Interrupts of turns that other processes speak for. Each is sent until its workflow has taken it or has ended, however long
 * its post waits: repeats carry its id, so that it is taken once.
 */
export class ForwardedInterrupts {
  readonly #client: Client;
  readonly #logger: Logger;
  readonly #sending = new Map<string, Promise<Interrupted>>();
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

  /** Resolves with what is then true of the turn. Rejects with WorkflowNotFoundError where it has ended, or as Temporal refuses it. */
  async send(turnId: string, asked: AskedInterrupt): Promise<Interrupted> {
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

  async #send(turnId: string, asked: AskedInterrupt): Promise<Interrupted> {
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(2 * retryMs, LAST_RETRY_MS)) {
      try {
        return await interruptWorkflow(this.#client, turnId, asked);
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) throw error;
        if (toProblem(error).slug !== 'temporal-unreachable') {
          this.#logger.warn({ turn: turnId, err: error }, 'A turn of another process could not be cut; it goes on');
          throw error;
        }
      }
      await delay(retryMs, undefined, { ref: false });
    }
  }
}
