import { fileURLToPath } from 'node:url';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Agent, Checked } from '../agent/agent.ts';
import type { ThreadRun } from '../live/thread-run.ts';
import type { ThreadTask, ThreadTold } from './tool-thread.ts';

/** More blocking tools at once wait for each other. */
const MAX_THREADS = 4;

export interface ToolThreads {
  readonly run: ThreadRun;
  readonly close: () => Promise<void>;
}

/**
 * Threads for tools that block: what runs on one delays nobody's speech. An attempt that is out of time, or cancelled, ends
 * with its thread. The first thread stands ready, with the agent loaded; an agent without such tools has none.
 */
export function createToolThreads(agent: Agent, agentPath: string): ToolThreads {
  const isNeeded = [...agent.tools.values()].some((tool) => tool.policyFor({}).thread);
  const pool = isNeeded ? createPool(agentPath) : undefined;
  return {
    run: async ({ onThrown, ...call }, { signal, idempotencyKey, attempt, progress }) => {
      if (!pool)
        throw new Error(`Tool '${call.tool}' has no thread to run on: no tool of the agent is defined with one`);
      const { port1: near, port2: far } = new MessageChannel();
      const take = (told: ThreadTold): void => {
        if ('note' in told) progress(told.note);
        else onThrown?.(Object.assign(new Error(), told.thrown));
      };
      near.on('message', take);
      const task: ThreadTask = { ...call, idempotencyKey, attempt, told: far };
      try {
        return (await pool.run(task, { signal, transferList: [far] })) as Checked<unknown>;
      } finally {
        // Notes and result come on different ways: one that was sent before the result may still wait to be read.
        for (let sent = receiveMessageOnPort(near); sent; sent = receiveMessageOnPort(near))
          take(sent.message as ThreadTold);
        near.close();
      }
    },
    close: async () => pool?.destroy(),
  };
}

function createPool(agentPath: string): Piscina {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const filename = fileURLToPath(new URL(`./tool-thread.${extension}`, import.meta.url));
  return new Piscina({ filename, minThreads: 1, maxThreads: MAX_THREADS, workerData: { agentPath } });
}
