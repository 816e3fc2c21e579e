import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';

const RETRY_MS = 1_000;

/** Waits until a turn's workflow has closed, in whatever process it runs. False where `signal` was aborted before. */
export async function waitForEnd(client: Client, turnId: string, signal: AbortSignal): Promise<boolean> {
  const { promise: aborted, resolve } = Promise.withResolvers<false>();
  const onAbort = (): void => resolve(false);
  if (signal.aborted) return false;
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([untilClosed(client, turnId, signal), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function untilClosed(client: Client, turnId: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    try {
      await client.workflow.getHandle(turnId).result();
      return true;
    } catch (error) {
      if (error instanceof WorkflowFailedError) return true;
      // Temporal is away: the turn is not, so it is asked again.
      await delay(RETRY_MS, undefined, { ref: false });
    }
  }
  return false;
}
