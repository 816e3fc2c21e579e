import type { Checked, OnThrown, Reconciled, Tool, ToolContext, TurnMetadata } from '../../agent/agent.ts';
import { fieldsOf, type Metadata } from '../../contract/metadata.ts';
import type { Json } from '../../contract/items.ts';
import type { ToolPolicy } from '../../contract/rounds.ts';
import type { Author, AuthorCode } from './author-code.ts';
import type { AttemptContext, RunReconcile, RunTool } from './tool-run.ts';

export interface ToolCall {
  readonly tool: Tool;
  /** What the schema made of the arguments. */
  readonly args: unknown;
  /** As they came: what a thread is sent, and checks itself. */
  readonly asked: Json;
  readonly policy: ToolPolicy;
  readonly metadata: TurnMetadata;
  readonly author: Author;
  /** Takes what the check of the result threw. */
  readonly onThrown: OnThrown;
}

export interface ThreadedCall extends Author {
  readonly tool: string;
  /** Whether the tool's `reconcile` is called, in place of its `run`. */
  readonly reconciles?: boolean;
  readonly arguments: Json;
  /** As it was sent: the agent's schema reads it there too. */
  readonly metadata: Metadata;
  /** Takes what a check of the author's threw there. */
  readonly onThrown?: OnThrown;
}

/** Runs a tool on a worker thread, which has loaded the agent itself. Aborting the context's signal ends the thread. */
export type ThreadRun = (call: ThreadedCall, context: AttemptContext) => Promise<Checked<unknown>>;

/** Where tools run: here, or on threads. */
export interface ToolPlaces {
  readonly authors: AuthorCode;
  readonly runOnThread: ThreadRun;
}

/** How one attempt of a tool runs: here, or on a thread where its definition says that it blocks. */
export function toRun(call: ToolCall, { authors, runOnThread }: ToolPlaces): RunTool {
  const { tool, args, policy, metadata, author, onThrown } = call;
  if (policy.thread) return (context) => runOnThread(toThreaded(call), context);
  const seen = seenBy(tool, metadata.value);
  return async (context) => {
    const inside = { ...context, metadata: seen, ...toAuthor(context, author, authors) };
    const result = await authors.follow(author, () => tool.run(args, inside));
    return authors.run(author, () => tool.checkResult(result, onThrown));
  };
}

/** How the author of a write is asked whether it happened: where the tool runs. Undefined where it has no such function. */
export function toReconcile(call: ToolCall, { authors, runOnThread }: ToolPlaces): RunReconcile | undefined {
  const { tool, args, policy, metadata, author } = call;
  const { reconcile } = tool;
  if (!reconcile) return undefined;
  if (policy.thread) {
    const sent = { ...toThreaded(call), reconciles: true };
    return (context) => runOnThread(sent, context) as Promise<Checked<Reconciled>>;
  }
  const seen = seenBy(tool, metadata.value);
  return async (context) => {
    const inside = { ...context, metadata: seen, ...toAuthor(context, author, authors) };
    return { ok: true, value: await authors.follow(author, () => reconcile(args, inside)) };
  };
}

function toThreaded({ tool, asked, metadata, author, onThrown }: ToolCall): ThreadedCall {
  return { ...author, tool: tool.name, arguments: asked, metadata: metadata.wire, onThrown };
}

/** Of a conversation's metadata, the fields that a tool names. */
export function seenBy<T>({ metadataFields }: Pick<Tool, 'metadataFields'>, metadata: Readonly<Record<string, T>>) {
  return fieldsOf(metadata, (name) => metadataFields.includes(name));
}

/** Events for the author's listeners run as the author's code; what the author's code reports runs as ours. */
function toAuthor(
  { signal, progress }: AttemptContext,
  author: Author,
  authors: AuthorCode,
): Pick<ToolContext, 'signal' | 'progress'> {
  const stop = new AbortController();
  const onAbort = (): void => authors.run(author, () => stop.abort(signal.reason));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return { signal: stop.signal, progress: authors.outside(progress) };
}
