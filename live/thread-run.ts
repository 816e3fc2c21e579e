import type { Checked, ToolContext } from '../agent/agent.ts';
import type { Json } from '../contract/items.ts';

export interface ThreadedCall {
  readonly tool: string;
  readonly arguments: Json;
}

/** Runs a tool on a worker thread, which has loaded the agent itself. Aborting the context's signal ends the thread. */
export type ThreadRun = (call: ThreadedCall, context: ToolContext) => Promise<Checked<unknown>>;
