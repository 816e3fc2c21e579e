import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { TurnStart } from '../../contract/turn.ts';
import { workflowBundle } from '../workflow-bundle.ts';
import { turnIdOf } from '../../contract/messages.ts';
import { textInput } from '../text-input.ts';

export interface StubWorker extends AsyncDisposable {
  readonly client: Client;
  readonly taskQueue: string;
  readonly start: (input?: Partial<TurnStart>) => Promise<WorkflowHandle>;
}

/** A worker whose home does what it is told, for what a real home never does. */
export async function createStubWorker(activities: Record<string, (...args: never[]) => unknown>): Promise<StubWorker> {
  const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  const client = new Client({ connection, namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default' });
  const taskQueue = `stubs-${randomUUID()}`;
  const worker = await Worker.create({
    ...{ connection, namespace: client.options.namespace, taskQueue, workflowBundle: await workflowBundle() },
    activities: { closeTurn: () => undefined, ...activities },
  });
  const running = worker.run();
  const terms = { deadlineMs: 30_000, maxRounds: 6, apology: 'Sorry.' };
  const spoken = {
    conversationId: taskQueue,
    agent: 'stubs',
    input: textInput('Hi'),
    modality: 'text',
    home: taskQueue,
  } as const;
  let begun = 0;
  return {
    client,
    taskQueue,
    start: (input) => {
      const start = { ...spoken, number: (begun += 1), terms, history: { items: [] }, ...input };
      return client.workflow.start('turn', { taskQueue, workflowId: turnIdOf(start), args: [start] });
    },
    [Symbol.asyncDispose]: async () => {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
