import { inspect } from 'node:util';
import { BroadcastChannel, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { Checked, ToolContext } from '../agent/agent.ts';
import { loadAgent } from '../agent/load-agent.ts';
import { isToolError } from '../contract/tool-error.ts';
import { type GenerationSnapshot, ModuleGeneration } from '../agent/loading/module-generation.ts';
import { AuthorCode, type Author } from '../live/calls/author-code.ts';
import { createToolLog, type LoggedLine, type OnLogged } from '../live/calls/tool-log.ts';
import { seenBy, type ThreadedCall } from '../live/calls/tool-places.ts';
import { withErrorFields } from './log/error-fields.ts';
import { catchStrayErrors } from './watch/stray-errors.ts';

export interface ThreadData {
  readonly agentPath: string;
  /** The agent's modules where they are reloaded when they change: a thread that starts later has the same code. */
  readonly generation?: GenerationSnapshot;
  /** Name of the channel for errors that nobody caught. */
  readonly strays: string;
}

export interface StrayOfThread {
  readonly author: Author | undefined;
  readonly error: Pick<Error, 'message' | 'stack'>;
}

/** Of what a tool is told, all that can be sent. */
export type SentContext = Omit<ToolContext, 'metadata' | 'signal' | 'progress' | 'log'>;

export interface ThreadTask extends Omit<ThreadedCall, 'onThrown'> {
  readonly context: SentContext;
  /** Receives what the tool reports beside its result. */
  readonly reports: MessagePort;
}

/** A note of the tool's progress, a line of its log, or what one of its checks threw: of an error only what can leave the thread. */
export type ThreadReport =
  | { readonly note: string }
  | { readonly logged: Pick<LoggedLine, 'level' | 'text' | 'fields'> }
  | { readonly thrown: Pick<Error, 'message' | 'stack'> };

const { agentPath, generation, strays } = workerData as ThreadData;
const authors = new AuthorCode();
const channel = new BroadcastChannel(strays);
channel.unref();
// The thread lives on: other calls may be under way on it, or come.
catchStrayErrors(authors, (error, author) => channel.postMessage({ author, error: toSent(error) }));
// Loaded once per thread, before its first task.
const modules = generation && new ModuleGeneration(generation.number, generation);
const agent = await authors.follow({}, () => loadAgent(agentPath, modules));
/** Never aborted: a thread whose attempt is over ends at once, whatever its tool is doing. */
const { signal } = new AbortController();

/** One attempt of one tool. */
export default async function runTask(task: ThreadTask): Promise<Checked<unknown>> {
  const { tool: name, call, turn } = task;
  const from = { ...(call !== undefined && { call }), ...(turn !== undefined && { turn }) };
  const author: Author = { tool: name, ...from, given: task.arguments };
  const tool = agent.tools.find(name);
  if (!tool) throw new Error(`The agent has no tool '${name}'; was its module changed while it ran?`);
  const report = (message: ThreadReport): void => task.reports.postMessage(message);
  const onThrown = (thrown: unknown): void => report({ thrown: toSent(thrown) });
  const checked = authors.run(author, () => tool.checkArguments(task.arguments, onThrown));
  if (!checked.ok) return checked;
  const progress = (note: string): void => report({ note: String(note) });
  const onLogged: OnLogged = ({ level, text, fields }) =>
    report({ logged: { level, text, fields: withErrorFields(fields, sendable) } });
  const log = createToolLog(task.context, name, onLogged);
  const metadata = seenBy(tool, authors.run(author, () => agent.metadata.read(task.metadata)).value);
  const context = { ...task.context, metadata, signal, progress, log };
  if (task.reconciles) {
    const reconciled = await authors.follow(author, () => tool.reconcile?.(checked.value, context));
    return { ok: true, value: reconciled ?? { outcome: 'unknown' } };
  }
  try {
    const result = await authors.follow(author, () => tool.run(checked.value, context));
    return authors.run(author, () => tool.checkResult(result, onThrown));
  } catch (thrown) {
    // An error leaves the thread without its class.
    if (!isToolError(thrown)) throw thrown;
    onThrown(thrown);
    return { ok: false, error: { kind: 'rejected', message: thrown.message } };
  }
}

/** What cannot leave the thread, such as a function, goes as text. */
function sendable(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return inspect(value); // a line of the log must not end the call
  }
}

function toSent(thrown: unknown): Pick<Error, 'message' | 'stack'> {
  if (!(thrown instanceof Error)) return { message: String(thrown) };
  return { message: thrown.message, ...(thrown.stack !== undefined && { stack: thrown.stack }) };
}
