import { workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { Checked, ToolContext } from '../agent/agent.ts';
import { loadAgent } from '../agent/load-agent.ts';
import type { ThreadedCall } from '../live/thread-run.ts';

export interface ThreadTask extends ThreadedCall, Pick<ToolContext, 'idempotencyKey' | 'attempt'> {
  readonly progress: MessagePort;
}

// Loaded once per thread, before its first task.
const agent = await loadAgent((workerData as { readonly agentPath: string }).agentPath);
/** Never aborted: a thread whose attempt is over ends at once, whatever its tool is doing. */
const { signal } = new AbortController();

/** One attempt of one tool. */
export default async function runTask(task: ThreadTask): Promise<Checked<unknown>> {
  const tool = agent.tools.get(task.tool);
  if (!tool) throw new Error(`The agent has no tool '${task.tool}'; was its module changed while it ran?`);
  const checked = tool.checkArguments(task.arguments);
  if (!checked.ok) return checked;
  const { idempotencyKey, attempt } = task;
  const progress = (note: string): void => task.progress.postMessage(String(note));
  return tool.checkResult(await tool.run(checked.value, { signal, idempotencyKey, attempt, progress }));
}
