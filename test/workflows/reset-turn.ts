import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { World } from '../world.ts';

/** Ids of the events by which a run's workflow tasks were completed, in order. */
export async function tasksOf({ client }: World, turnId: string, runId?: string): Promise<string[]> {
  const { events } = await client.workflow.getHandle(turnId, runId).fetchHistory();
  return (events ?? []).flatMap((event) => (event.workflowTaskCompletedEventAttributes ? [String(event.eventId)] : []));
}

export interface Reset {
  readonly turnId: string;
  /** The run that is reset. Default: the latest. */
  readonly runId?: string;
  readonly task: string | undefined;
}

export async function reset({ client }: World, { turnId: workflowId, runId = '', task }: Reset): Promise<string> {
  const made = await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: task as never,
    reason: 'An operator tries it',
    requestId: randomUUID(),
  });
  assert.ok(made.runId);
  return made.runId;
}
