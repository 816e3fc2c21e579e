import { Context } from '@temporalio/activity';

interface DoneActivity {
  readonly turnId: string;
  readonly id: string;
  readonly type: string;
  readonly signal: AbortSignal;
  /** Why it was cancelled. */
  readonly details?: { readonly cancelRequested?: boolean; readonly notFound?: boolean };
}

/** What an activity sees of itself where no worker runs it: the first run of a turn asks for it. */
export function createContext({ turnId, id, type, signal, details = {} }: DoneActivity): Context {
  const workflowExecution = { workflowId: turnId, runId: `run-of-${turnId}` };
  const info = { activityId: id, activityType: type, attempt: 1, workflowExecution };
  const cancelled = new Promise<never>(() => undefined);
  const log = { warn: () => undefined, error: () => undefined };
  const parts = [info, cancelled, signal, () => undefined, undefined, log, undefined, { details }];
  return Reflect.construct(Context, parts) as Context;
}
