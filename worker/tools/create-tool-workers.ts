import { type NativeConnection, Worker } from '@temporalio/worker';
import { createToolActivities } from '../../activities/index.ts';
import type { ToolWorkerDependencies } from '../../activities/run-tool.ts';
import { toolQueue } from '../../contract/messages.ts';
import type { Workers } from '../create-workers.ts';

export interface ToolWorkersSetting extends ToolWorkerDependencies {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Name of the agent. */
  readonly agent: string;
  readonly groups: readonly string[];
  /** How long calls may go on after a stop is requested, in ms. */
  readonly graceMs: number;
}

/** Calls at once in one process and group; more wait at Temporal, within their budget. */
const MOST_CALLS = 200;

/** Workers on the queues of groups of tools. */
export async function createToolWorkers(setting: ToolWorkersSetting): Promise<Workers> {
  const { connection, namespace, agent, groups, graceMs } = setting;
  const activities = createToolActivities(setting);
  const workers = await Promise.all(
    groups.map((group) =>
      Worker.create({
        ...{ connection, namespace, taskQueue: toolQueue(agent, group), activities },
        maxConcurrentActivityTaskExecutions: MOST_CALLS,
        // The second way by which a cancelled call hears of it, beside the server's push.
        maxHeartbeatThrottleInterval: '200ms',
        shutdownGraceTime: graceMs,
        shutdownForceTime: graceMs + 5_000,
      }),
    ),
  );
  return {
    run: async () => void (await Promise.all(workers.map((worker) => worker.run()))),
    shutdown: () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}
