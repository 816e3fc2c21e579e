import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import { sharedQueue } from '../contract/messages.ts';
import { askTemporal } from './ask-temporal.ts';

/** How a process with a front end names itself to Temporal, which tells who polls a queue. */
const SERVING = 'legato-serve';
const WORKFLOW_TASKS = 1;

/** `home`: the process's own queue. Without a front end it has Temporal's usual form. */
export function processIdentity(home: string, isServing: boolean): string {
  const usual = `${process.pid}@${hostname()}`;
  return isServing ? `${SERVING} ${usual} ${home}` : usual;
}

export interface ServingProcess {
  readonly identity: string;
  /** By Temporal's clock, in ms: when it last asked for work. A live one does so every minute at least. */
  readonly askedAtMs: number;
}

type Asking = Pick<Client, 'workflowService' | 'withDeadline' | 'options'>;

/** The processes that served an agent over HTTP in the last five minutes, as far as Temporal knows. */
export async function servingProcesses(client: Asking, agent: string): Promise<readonly ServingProcess[]> {
  const request = {
    namespace: client.options.namespace,
    taskQueue: { name: sharedQueue(agent) },
    taskQueueType: WORKFLOW_TASKS,
  };
  const { pollers } = await askTemporal(client as Client, () => client.workflowService.describeTaskQueue(request));
  return (pollers ?? [])
    .filter(({ identity }) => identity?.startsWith(SERVING))
    .map(({ identity, lastAccessTime }) => ({
      identity: identity ?? '',
      askedAtMs: Number(lastAccessTime?.seconds ?? 0) * 1_000 + Number(lastAccessTime?.nanos ?? 0) / 1e6,
    }));
}
