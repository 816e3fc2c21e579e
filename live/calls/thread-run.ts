import type { Checked, OnThrown, ToolContext } from '../../agent/agent.ts';
import type { Json } from '../../contract/items.ts';
import type { Author } from './author-code.ts';

export interface ThreadedCall extends Author {
  readonly tool: string;
  readonly arguments: Json;
  /** Takes what a check of the author's threw there. */
  readonly onThrown?: OnThrown;
}

/** Runs a tool on a worker thread, which has loaded the agent itself. Aborting the context's signal ends the thread. */
export type ThreadRun = (call: ThreadedCall, context: ToolContext) => Promise<Checked<unknown>>;
