import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { workflowTypes } from '../contract/messages.ts';
import { readConversation, undefinedIfUnknown } from './read-conversation.ts';

type Run = Pick<WorkflowExecutionDescription, 'workflowId' | 'runId' | 'status'>;

/**
 * The run of a turn that counts. A reset makes another run under the same id: of a turn that had ended it changes nothing,
 * so the first run that ended is shown; while none has, the latest. Undefined where there is no workflow of this id, or it
 * is not a turn.
 */
export async function describeTurn(client: Client, id: string): Promise<WorkflowExecutionDescription | undefined> {
  const latest = await client.workflow.getHandle(id).describe().catch(undefinedIfUnknown);
  if (latest?.type !== workflowTypes.turn) return undefined;
  const first = latest.raw.workflowExecutionInfo?.firstRunId;
  if (!first || first === latest.runId) return latest;
  const begun = await client.workflow.getHandle(id, first).describe().catch(undefinedIfUnknown);
  if (begun && (await hasEnd(client, begun))) return begun;
  // It was terminated, as an open run is that somebody resets: a later one has ended for it, or goes on.
  const ended = await firstEnded(client, id);
  if (ended) return client.workflow.getHandle(id, ended.runId).describe();
  return latest.status.name === 'RUNNING' ? latest : (begun ?? latest);
}

/** Whether a turn had ended, or was reported as ended, before a reset made its latest run. */
export async function hadEnded(client: Client, turnId: string, conversationId: string): Promise<boolean> {
  const counts = await describeTurn(client, turnId);
  if (counts && counts.status.name !== 'RUNNING') return true;
  const reading = await readConversation(client, conversationId);
  return reading?.record.turns.some(({ id, state }) => id === turnId && state === 'finished') ?? false;
}

/** The type of the failure that a run ended with, such as `Turn.Abandoned`. Undefined where it has another end. */
export async function failureTypeOf(client: Client, { workflowId, runId }: Run): Promise<string | undefined> {
  try {
    await client.workflow.getHandle(workflowId, runId).result();
    return undefined;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return error.cause instanceof ApplicationFailure ? (error.cause.type ?? undefined) : undefined;
  }
}

async function firstEnded(client: Client, id: string): Promise<Run | undefined> {
  const query = `WorkflowId = '${id.replaceAll("'", "''")}'`;
  const runs = await Array.fromAsync(client.workflow.list({ query }));
  runs.sort((one, other) => one.startTime.getTime() - other.startTime.getTime());
  for (const run of runs) if (await hasEnd(client, run)) return run;
  return undefined;
}

/** Whether a run ended by itself. */
async function hasEnd(client: Client, run: Run): Promise<boolean> {
  if (run.status.name === 'FAILED') return (await failureTypeOf(client, run)) !== 'Turn.Reset';
  return ['COMPLETED', 'CANCELLED', 'TIMED_OUT'].includes(run.status.name);
}
