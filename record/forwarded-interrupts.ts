import { ApplicationFailure, type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Interrupted } from '../contract/barge-in.ts';
import type { FailureType } from '../contract/failures.ts';
import { limits } from '../contract/http.ts';
import type { AskedInterrupt } from '../live/turns/interrupts.ts';
import { retryUntilGiven } from '../time/retry.ts';
import { askTemporal } from './ask-temporal.ts';
import { interruptWorkflow } from './send-interrupt.ts';
import { temporalFault } from './temporal-fault.ts';
import { describeTurn } from './turn-runs.ts';

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
        if (await this.#hasEnded(turnId, error)) return 'ended';
        if (isFailure(error, RUN_ENDED) || temporalFault(error) === 'unreachable') return undefined;
        this.#logger.warn({ turn: turnId, err: error }, 'A turn of another process could not be cut; it goes on');
        throw isFailure(error, 'Interrupt.Failed') ? new InterruptFailed(turnId) : error;
      }
    });
  }

  async #hasEnded(turnId: string, error: unknown): Promise<boolean> {
    if (error instanceof WorkflowNotFoundError) return true;
    if (!isFailure(error, RUN_ENDED)) return false;
    // A reset ends a run too, and the turn goes on in another one, which is then asked.
    const describing = askTemporal(this.#client, () => describeTurn(this.#client, turnId));
    return describing.then(
      (description) => description?.status.name !== 'RUNNING',
      () => false, // Temporal is away: it is asked again
    );
  }
}

/** Temporal's word for an update whose run was terminated before it had answered. */
const RUN_ENDED = 'AcceptedUpdateCompletedWorkflow';

function isFailure(error: unknown, type: FailureType | typeof RUN_ENDED): boolean {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  return cause instanceof ApplicationFailure && cause.type === type;
}
