import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcDeadlineError, ServiceError, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';

/** How long Temporal is asked at a time: after its client has left, a wait asks no more than that. */
const ASKED_MS = 5_000;
const RETRY_MS = 1_000;

/** Waits until a turn's workflow has closed, in whatever process it runs. False where `signal` was aborted before. */
export async function waitForEnd(
  client: Client,
  turnId: string,
  { signal, askedMs = ASKED_MS }: { readonly signal: AbortSignal; readonly askedMs?: number },
): Promise<boolean> {
  const { promise: aborted, resolve } = Promise.withResolvers<false>();
  const onAbort = (): void => resolve(false);
  if (signal.aborted) return false;
  signal.addEventListener('abort', onAbort, { once: true });
  const ask = () => client.withDeadline(Date.now() + askedMs, () => client.workflow.getHandle(turnId).result());
  try {
    return await Promise.race([untilClosed(ask, signal), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function untilClosed(ask: () => Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    try {
      await ask();
      return true;
    } catch (error) {
      if (error instanceof WorkflowFailedError || error instanceof WorkflowNotFoundError) return true;
      if (isStillOpen(error)) continue;
      // Temporal is away: the turn is not, so it is asked again.
      await delay(RETRY_MS, undefined, { ref: false, signal }).catch(() => undefined);
    }
  }
  return false;
}

/** The SDK's connection cannot take back what it asks: it is asked for a while at a time instead. */
function isStillOpen(error: unknown): boolean {
  return isGrpcDeadlineError(error instanceof ServiceError ? error.cause : error);
}
