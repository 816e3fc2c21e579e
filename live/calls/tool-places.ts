import type { Checked, OnThrown, Tool, ToolContext } from '../../agent/agent.ts';
import type { Json } from '../../contract/items.ts';
import type { ToolPolicy } from '../../contract/rounds.ts';
import type { Author, AuthorCode } from './author-code.ts';
import type { RunTool } from './run-tool.ts';

export interface ToolCall {
  readonly tool: Tool;
  /** What the schema made of the arguments. */
  readonly args: unknown;
  /** As they came: what a thread is sent, and checks itself. */
  readonly asked: Json;
  readonly policy: ToolPolicy;
  readonly author: Author;
  /** Takes what the check of the result threw. */
  readonly onThrown: OnThrown;
}

export interface ThreadedCall extends Author {
  readonly tool: string;
  readonly arguments: Json;
  /** Takes what a check of the author's threw there. */
  readonly onThrown?: OnThrown;
}

/** Runs a tool on a worker thread, which has loaded the agent itself. Aborting the context's signal ends the thread. */
export type ThreadRun = (call: ThreadedCall, context: ToolContext) => Promise<Checked<unknown>>;

/** Where tools run: here, or on threads. */
export interface ToolPlaces {
  readonly authors: AuthorCode;
  readonly runOnThread: ThreadRun;
}

/** How one attempt of a tool runs: here, or on a thread where its definition says that it blocks. */
export function toRun(call: ToolCall, { authors, runOnThread }: ToolPlaces): RunTool {
  const { tool, args, asked, policy, author, onThrown } = call;
  if (policy.thread) {
    return (context) => runOnThread({ ...author, tool: tool.name, arguments: asked, onThrown }, context);
  }
  return async (context) => {
    const inside = { ...context, ...toAuthor(context, author, authors) };
    const result = await authors.follow(author, () => tool.run(args, inside));
    return authors.run(author, () => tool.checkResult(result, onThrown));
  };
}

/** Events for the author's listeners run as the author's code; what the author's code reports runs as ours. */
function toAuthor(
  { signal, progress }: ToolContext,
  author: Author,
  authors: AuthorCode,
): Pick<ToolContext, 'signal' | 'progress'> {
  const stop = new AbortController();
  const onAbort = (): void => authors.run(author, () => stop.abort(signal.reason));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return { signal: stop.signal, progress: authors.outside(progress) };
}
