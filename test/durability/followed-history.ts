import type { Client } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';

export type HistoryEvent = NonNullable<History['events']>[number];

/** The events of a workflow's run as the server writes them, up to its end. */
export async function* followHistory(client: Client, workflowId: string): AsyncGenerator<HistoryEvent> {
  const { workflowService, options } = client;
  const asked = { namespace: options.namespace, execution: { workflowId }, waitNewEvent: true };
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await workflowService.getWorkflowExecutionHistory({
      ...asked,
      ...(nextPageToken && { nextPageToken }),
    });
    yield* page.history?.events ?? [];
    ({ nextPageToken } = page);
  } while (nextPageToken && nextPageToken.length > 0);
}
