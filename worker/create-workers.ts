import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import { createHomeActivities, createSharedActivities } from '../activities/index.ts';
import type { ActivityDependencies } from '../activities/dependencies.ts';
import { reportGone } from '../activities/report-end.ts';
import { sharedQueue } from '../contract/messages.ts';
import { HomeDoubt } from '../live/turns/home-doubt.ts';
import type { Leases } from '../live/turns/leases.ts';
import { RecordWatch } from '../live/turns/record-watch.ts';
import { createEndReader } from '../record/read-end.ts';
import { readRecord } from '../record/read-record.ts';
import { hadEnded } from '../record/turn-runs.ts';
import { createStanding } from './watch/home-standing.ts';
import { isWritten, patches } from '../workflows/patches.ts';

export interface WorkersSetting extends Omit<ActivityDependencies, 'home' | 'readTurn' | 'hadEnded'> {
  readonly connection: NativeConnection;
  /** On the same connection. */
  readonly client: Client;
  /** This process's own task queue. */
  readonly queue: string;
  readonly maxOpenTurns: number;
  readonly leases: Leases;
  /** How it names itself to Temporal. Default: process and host. */
  readonly identity?: string;
  readonly workflowBundle: NonNullable<WorkerOptions['workflowBundle']>;
}

export interface Workers {
  /** Resolves when the workers have stopped, rejects when one of them fails. */
  readonly run: () => Promise<void>;
  /** Hands over what is open and stops. */
  readonly shutdown: () => void;
}

/** The two workers of a process: one on the queue that all processes of the agent share, one on its own. */
export async function createWorkers(setting: WorkersSetting): Promise<Workers> {
  const { connection, client, agent, queue, maxOpenTurns, identity, workflowBundle } = setting;
  const deps: ActivityDependencies = {
    ...setting,
    home: queue,
    readTurn: (turnId) => readRecord(client.workflow.getHandle(turnId)),
    hadEnded: (turnId, conversationId) => hadEnded(client, turnId, conversationId),
  };
  const common = { connection, namespace: client.options.namespace, ...limits(maxOpenTurns) };
  const homeActivities = createHomeActivities(deps);
  const shared = await Worker.create({
    ...common,
    ...(identity !== undefined && { identity }),
    taskQueue: sharedQueue(agent.name),
    workflowBundle,
    ...patchActivation(),
    activities: { ...homeActivities, ...createSharedActivities(deps) },
  });
  const home = await Worker.create({ ...common, taskQueue: queue, activities: homeActivities });
  const watch = createRecordWatch(deps, client);
  const doubt = createHomeDoubt(deps, setting.leases);
  return {
    run: async () => {
      watch.start();
      doubt.start();
      await Promise.all([shared.run(), home.run()]).finally(() => {
        watch.stop();
        doubt.stop();
      });
    },
    shutdown: () => {
      for (const worker of [home, shared]) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}

function createHomeDoubt(deps: ActivityDependencies, leases: Leases): HomeDoubt {
  const { turns, readTurn } = deps;
  const doubt = new HomeDoubt({
    ...{ openTurns: () => turns, leases, ask: createStanding({ leases, readTurn }) },
    onReplaced: (turn) => turns.letGo(turn),
  });
  turns.look = () => doubt.look();
  return doubt;
}

function createRecordWatch(deps: ActivityDependencies, client: Client): RecordWatch {
  return new RecordWatch({
    openTurns: () => deps.turns,
    ask: createEndReader(client),
    onGone: (turn, end) => reportGone(deps, turn, end),
  });
}

/** The worker is asked in its main thread, so only if it has to hold a patch back. */
function patchActivation(): Pick<WorkerOptions, 'patchActivationCallback'> {
  const holdsBack = Object.values(patches).some((patch) => !patch.isWritten);
  return holdsBack ? { patchActivationCallback: ({ patchId }) => isWritten(patchId) } : {};
}

/** Room for every open turn at once: a turn that waits for a slot is silent. */
function limits(maxOpenTurns: number) {
  return {
    maxCachedWorkflows: 2 * maxOpenTurns + 100,
    maxConcurrentWorkflowTaskExecutions: 100,
    maxConcurrentActivityTaskExecutions: 4 * maxOpenTurns + 100,
    maxEagerActivityReservationsPerWorkflowTask: 16,
    // A task that finds nobody polling is written to the database first: under load, nine of ten with the usual ten pollers.
    workflowTaskPollerBehavior: { type: 'simple-maximum', maximum: 40 },
    // After a kill, how long a turn's next task waits for the process that had the turn in its cache.
    stickyQueueScheduleToStartTimeout: '1s',
    // What a step reports has to reach the workflow before its process can die with it.
    maxHeartbeatThrottleInterval: '200ms',
    // A task whose answer is too large would be retried for ever: the server ends the workflow instead and says why.
    disablePayloadErrorLimit: true,
    shutdownGraceTime: 0,
    shutdownForceTime: '10s',
  } satisfies Partial<WorkerOptions>;
}
