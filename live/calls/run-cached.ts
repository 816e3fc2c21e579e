import type { ServedCall } from '../../agent/agent.ts';
import type { CallError } from '../../contract/items.ts';
import type { CallResult } from '../../contract/rounds.ts';
import { readTraceContext } from '../../contract/trace-context.ts';
import { maybeBegun } from '../../turn/maybe-begun.ts';
import { failedResult } from '../../turn/plan-calls.ts';
import type { CallInput, Calling, CallingTurn } from './call-step.ts';
import { runTool } from './run-tool.ts';
import { createToolLog } from './tool-log.ts';
import { withoutSecrets } from './secrets-in-log.ts';
import { seenBy, toReconcile, toRun } from './tool-places.ts';
import { fitsMetadata, UNFIT_METADATA } from './unfit-metadata.ts';

const NEVER = new AbortController().signal;

/** A call as far as its tool needs it, in whatever process it runs. */
export interface ToolCalling extends Omit<Calling, 'turn'> {
  readonly turn: Pick<CallingTurn, 'id' | 'start' | 'metadata' | 'account' | 'clock'>;
}

/** Runs the call's own tool, unless there is a result that may be given again. */
export async function runCached(input: CallInput, calling: ToolCalling): Promise<CallResult> {
  const { step, name, arguments: args, policy, mayHaveBegun } = input;
  // What keeps it from running now says nothing about an earlier run.
  const notRun = (error: CallError): CallResult => (mayHaveBegun ? maybeBegun(mayHaveBegun) : failedResult(error));
  const { agent, authors, turn, cache, publish, signal, onLogged } = calling;
  const tool = agent.tools.find(name);
  if (!tool) return notRun({ kind: 'unknown_tool', message: withoutTool(name) });
  const { metadata } = turn;
  if (!fitsMetadata(tool, metadata)) return notRun(UNFIT_METADATA);
  const author = { tool: name, call: step, turn: turn.id, given: args };
  const onThrown = (thrown: unknown): void => turn.account.threw(step, thrown, args);
  const checked = authors.run(author, () => tool.checkArguments(args, onThrown));
  if (!checked.ok) return notRun(checked.error);
  const key = { agent: agent.name, tool: name, arguments: args, metadata: seenBy(tool, metadata.wire) };
  const cached = policy.cacheMs > 0 ? cache.get(key) : undefined;
  if (cached) return { ...cached, attempts: 0, durationMs: 0, source: 'cache' };
  const call = { call: step, name, arguments: args };
  const served = toServed(turn, step);
  const toolCall = { tool, args: checked.value, asked: args, policy, metadata, author, onThrown };
  const result = await runTool({
    run: toRun(toolCall, calling),
    reconcile: toReconcile(toolCall, calling),
    ...{ policy, metadata, served, mayHaveBegun },
    log: createToolLog(served, name, authors.outside(withoutSecrets(metadata, onLogged))),
    clock: turn.clock,
    // I1: a write that has begun is never cancelled; until its gate has opened it has not.
    signal: policy.effect === 'write' ? NEVER : signal,
    onAttempt: (attempt) => publish({ type: 'tool.started', ...call, attempt }),
    onProgress: (note, attempt) => publish({ type: 'tool.progress', ...call, attempt, note }),
    onThrown,
  });
  const { attempts: _, durationMs: __, ...attempt } = result;
  cache.keep(key, attempt, policy.cacheMs);
  return result;
}

/** A service that starts a turn through Temporal by itself may have given it any trace. */
function toServed({ id: turnId, start }: Pick<CallingTurn, 'id' | 'start'>, callId: string): ServedCall {
  const { conversationId } = start;
  return { conversationId, turnId, callId, idempotencyKey: `${turnId}/${callId}`, ...readTraceContext(start) };
}

/** The turn was begun by a process with another version of the agent. */
function withoutTool(name: string): string {
  return `The agent has no tool '${name}' any more: it was removed or renamed after the call was planned`;
}
