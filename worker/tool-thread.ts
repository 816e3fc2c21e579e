import { workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { Checked, ToolContext } from '../agent/agent.ts';
import { loadAgent } from '../agent/load-agent.ts';
import type { ThreadedCall } from '../live/thread-run.ts';

export interface ThreadTask extends Omit<ThreadedCall, 'onThrown'>, Pick<ToolContext, 'idempotencyKey' | 'attempt'> {
  /** Takes what the tool tells beside its result. */
  readonly told: MessagePort;
}

/** A note of the tool's progress, or what one of its checks threw: of an error only what can leave the thread. */
export type ThreadTold = { readonly note: string } | { readonly thrown: Pick<Error, 'message' | 'stack'> };

// Loaded once per thread, before its first task.
const agent = await loadAgent((workerData as { readonly agentPath: string }).agentPath);
/** Never aborted: a thread whose attempt is over ends at once, whatever its tool is doing. */
const { signal } = new AbortController();

/** One attempt of one tool. */
export default async function runTask(task: ThreadTask): Promise<Checked<unknown>> {
  const tool = agent.tools.get(task.tool);
  if (!tool) throw new Error(`The agent has no tool '${task.tool}'; was its module changed while it ran?`);
  const { idempotencyKey, attempt } = task;
  const tell = (told: ThreadTold): void => task.told.postMessage(told);
  const onThrown = (thrown: unknown): void => tell({ thrown: toSent(thrown) });
  const checked = tool.checkArguments(task.arguments, onThrown);
  if (!checked.ok) return checked;
  const progress = (note: string): void => tell({ note: String(note) });
  return tool.checkResult(await tool.run(checked.value, { signal, idempotencyKey, attempt, progress }), onThrown);
}

function toSent(thrown: unknown): Pick<Error, 'message' | 'stack'> {
  if (!(thrown instanceof Error)) return { message: String(thrown) };
  return { message: thrown.message, ...(thrown.stack !== undefined && { stack: thrown.stack }) };
}
