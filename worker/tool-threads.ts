import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { BroadcastChannel, MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Agent, Checked } from '../agent/agent.ts';
import type { ModuleGeneration } from '../agent/loading/module-generation.ts';
import type { ThreadedCall, ThreadRun } from '../live/calls/tool-places.ts';
import type { AttemptContext } from '../live/calls/tool-run.ts';
import type { OnStray } from './watch/stray-errors.ts';
import type { StrayOfThread, ThreadData, ThreadTask, ThreadReport } from './tool-thread.ts';

/** More blocking tools at once wait for each other. */
const MAX_THREADS = 4;

export interface ToolThreadsSetting {
  readonly agent: Agent;
  /** Path of the agent's module: each thread loads it. */
  readonly agentPath: string;
  /** What the agent's modules belong to where they are reloaded when they change. */
  readonly generation?: ModuleGeneration;
  /** Called with an error on a thread that is not the result of a call. */
  readonly onStray?: OnStray;
}

export interface ToolThreads {
  readonly run: ThreadRun;
  /** Ends all threads, whatever runs on them. */
  readonly close: () => Promise<void>;
  /** Resolves when nothing runs. */
  readonly whenIdle: () => Promise<void>;
}

/**
 * Threads for tools that block: what runs on one delays no speech. An attempt that runs out of time or is cancelled ends
 * with its thread. The first thread is started in advance, with the agent loaded; an agent without such tools has none.
 */
export function createToolThreads(setting: ToolThreadsSetting): ToolThreads {
  const pool = setting.agent.tools.list().some(({ thread }) => thread) ? createPool(setting) : undefined;
  const running = new Set<Promise<unknown>>();
  return {
    run: async (call, context) => {
      if (!pool)
        throw new Error(`Tool '${call.tool}' has no thread to run on: no tool of the agent has 'thread: true'`);
      const run = runOn(pool, call, context);
      running.add(run);
      return run.finally(() => running.delete(run));
    },
    close: async () => pool?.close(),
    whenIdle: async () => void (await Promise.allSettled(running)),
  };
}

async function runOn(
  pool: Pool,
  { onThrown, ...call }: ThreadedCall,
  { signal, progress, log, ...context }: AttemptContext,
): Promise<Checked<unknown>> {
  const { port1: near, port2: far } = new MessageChannel();
  const take = (report: ThreadReport): void => {
    if ('note' in report) return progress(report.note);
    if ('thrown' in report) return onThrown?.(Object.assign(new Error(), report.thrown));
    const { level, text, fields } = report.logged;
    log[level](text, fields);
  };
  near.on('message', take);
  const task: ThreadTask = { ...call, context, reports: far };
  try {
    return (await pool.run(task, { signal, transferList: [far] })) as Checked<unknown>;
  } finally {
    // Notes and result travel separately: a note that was sent before the result may still be unread.
    for (let sent = receiveMessageOnPort(near); sent; sent = receiveMessageOnPort(near))
      take(sent.message as ThreadReport);
    near.close();
  }
}

interface Pool {
  readonly run: Piscina['run'];
  readonly close: () => Promise<void>;
}

function createPool({ agentPath, generation, onStray = () => undefined }: ToolThreadsSetting): Pool {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const filename = fileURLToPath(new URL(`./tool-thread.${extension}`, import.meta.url));
  const strays = new BroadcastChannel(`legato-strays-${randomUUID()}`);
  strays.onmessage = ({ data }) => {
    const { author, error } = data as StrayOfThread;
    onStray(Object.assign(new Error(error.message), error), author);
  };
  strays.unref();
  const snapshot = generation && { generation: generation.snapshot };
  const workerData: ThreadData = { agentPath, strays: strays.name, ...snapshot };
  const pool = new Piscina({ filename, minThreads: 1, maxThreads: MAX_THREADS, workerData });
  // A thread that ended while it had no call: the next call gets another one.
  pool.on('error', (error: unknown) => onStray(error, {}));
  return {
    run: (task, options) => pool.run(task, options),
    close: async () => {
      await pool.destroy();
      strays.close();
    },
  };
}
