import { setTimeout as delay } from 'node:timers/promises';
import { type Client, TerminatedFailure, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { grpcStatus } from './grpc-status.ts';
import { describeTurn } from './turn-runs.ts';

/** How long Temporal is asked at a time: after its client has left, a wait asks no more than that. */
const ASKED_MS = 5_000;
const RETRY_MS = 1_000;

/** Waits until the run that counts of a turn has closed, in whatever process it runs. False where `signal` was aborted before. */
export async function waitForEnd(
  client: Client,
  turnId: string,
  { signal, askedMs = ASKED_MS }: { readonly signal: AbortSignal; readonly askedMs?: number },
): Promise<boolean> {
  const { promise: aborted, resolve } = Promise.withResolvers<false>();
  const onAbort = (): void => resolve(false);
  if (signal.aborted) return false;
  signal.addEventListener('abort', onAbort, { once: true });
  const ask = () => client.withDeadline(Date.now() + askedMs, () => waitForRun(client, turnId));
  try {
    return await Promise.race([untilClosed(ask, signal), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function untilClosed(ask: () => Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    try {
      if (await ask()) return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return true;
      // The SDK's connection cannot take back what it asks: it is asked for a while at a time instead.
      if (grpcStatus(error) === 'deadline_exceeded') continue;
      // Temporal is away: the turn is not, so it is asked again.
      await delay(RETRY_MS, undefined, { ref: false, signal }).catch(() => undefined);
    }
  }
  return false;
}

/** False where the run was terminated: an open turn that is reset goes on in another one. */
async function waitForRun(client: Client, turnId: string): Promise<boolean> {
  const description = await describeTurn(client, turnId);
  if (description?.status.name !== 'RUNNING') return true;
  try {
    await client.workflow.getHandle(turnId, description.runId).result();
    return true;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return !(error.cause instanceof TerminatedFailure);
  }
}
