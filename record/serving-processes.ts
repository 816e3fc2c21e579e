import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import { sharedQueue } from '../contract/messages.ts';
import { askTemporal } from './ask-temporal.ts';

/** How a process with a front end names itself to Temporal, which tells who polls a queue. */
const SERVING = 'legato-serve';
const SINCE = / since-(\d+)$/;
const WORKFLOW_TASKS = 1;
/** A live process asks Temporal for work every minute. */
const LIVE_MS = 70_000;

/**
 * `home`: the process's own queue. `front`: where it has a front end, with the processes that Temporal knew when it started.
 * Without one it has Temporal's usual form.
 */
export function processIdentity(
  home: string,
  front: { readonly seen: readonly Pick<ServingProcess, 'askedAtMs'>[] } | undefined,
): string {
  const usual = `${process.pid}@${hostname()}`;
  if (!front) return usual;
  const sinceMs = Math.ceil(Math.max(0, ...front.seen.map(({ askedAtMs }) => askedAtMs)));
  return `${SERVING} ${usual} ${home} since-${sinceMs}`;
}

/** When the last of those that a process saw at its start had asked for work. 0 where it saw nobody. */
export function sinceOf(identity: string): number {
  return Number(SINCE.exec(identity)?.[1] ?? 0);
}

export interface ServingProcess {
  readonly identity: string;
  /** By Temporal's clock, in ms: when it last asked for work. A live one does so every minute at least. */
  readonly askedAtMs: number;
  /** By the same clock: others that have not asked since were there before it, and may be the ones that it replaces. */
  readonly sinceMs: number;
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
      sinceMs: sinceOf(identity ?? ''),
    }));
}

/**
 * The process that asked for work last, and those that have served beside it lately. Temporal names a process for minutes after its
 * end, so the one before a restart is not counted: it has not asked since its successor started. All times are Temporal's.
 */
export function servedTogether(serving: readonly ServingProcess[]): readonly ServingProcess[] {
  const newest = serving.reduce<ServingProcess | undefined>(
    (latest, one) => (latest && latest.askedAtMs >= one.askedAtMs ? latest : one),
    undefined,
  );
  if (!newest) return [];
  const isBeside = (one: ServingProcess): boolean =>
    one.askedAtMs > newest.sinceMs && newest.askedAtMs > one.sinceMs && newest.askedAtMs - one.askedAtMs < LIVE_MS;
  return serving.filter((one) => one === newest || isBeside(one));
}
