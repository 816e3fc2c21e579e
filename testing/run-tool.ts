import type { z } from 'zod';
import type { Checked, Fields, Reconciled, ServedCall, ServedTurn, Tool } from '../agent/agent.ts';
import type { DefinedTool, ToolDefinition } from '../agent/define-tool.ts';
import { checkTool } from '../agent/definition/check-tool.ts';
import type { WireOf } from '../agent/metadata/metadata-types.ts';
import { createMetadata } from '../agent/metadata/read-metadata.ts';
import type { CallError, Item, Json } from '../contract/items.ts';
import type { CallResult } from '../contract/rounds.ts';
import { readTraceContext } from '../contract/trace-context.ts';
import { reconcile } from '../live/calls/reconcile.ts';
import { runTool as runAttempts } from '../live/calls/run-tool.ts';
import type { ToolRun } from '../live/calls/tool-run.ts';
import { createToolLog, type OnLogged } from '../live/calls/tool-log.ts';
import { seenBy } from '../live/calls/tool-places.ts';
import { withoutSecrets } from '../live/calls/secrets-in-log.ts';
import { processClock } from '../time/clock.ts';
import { fittingMetadata, type WithMetadata } from './fitting-metadata.ts';

export interface RunToolOptions extends Partial<ServedCall> {
  /** Its abort is that of the call: the tool's own `signal` follows it. */
  readonly signal?: AbortSignal;
  /** Takes what the tool reports with `progress`. */
  readonly onProgress?: (note: string) => void;
  /** Takes what the tool logs. */
  readonly onLog?: OnLogged;
  /** The conversation so far, for `rejectIf`. Default: nothing was said. */
  readonly transcript?: readonly Item[];
  /** Facts for the turn, as clients post them. */
  readonly context?: string;
  /** Facts for the conversation, as clients create it with them. */
  readonly conversationContext?: string;
}

/** Beside them the metadata of the conversation, as clients send it: read by the tool's own schema. */
type Options<Meta extends z.ZodObject> = RunToolOptions & WithMetadata<WireOf<Meta>>;

/** A call that a turn would have settled without a result. `cause` is what the tool threw, if it threw. */
export class ToolCallError extends Error {
  override readonly name = 'ToolCallError';
  readonly kind: CallError['kind'];

  constructor({ kind, message }: CallError, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.kind = kind;
  }
}

/** Everything that is wrong with the definition of a tool that was to be run. */
export class ToolDefinitionError extends Error {
  override readonly name = 'ToolDefinitionError';
  readonly faults: readonly string[];

  constructor(label: string, faults: readonly string[]) {
    super([`Cannot run ${label}: its definition has faults:`, ...faults].join('\n- '));
    this.faults = faults;
  }
}

/** What a test of one tool is given beside the arguments: of the tool's own metadata all that it needs. */
export type GivenTool<Meta extends z.ZodObject> =
  Record<never, never> extends WireOf<Meta> ? [options?: Options<Meta>] : [options: Options<Meta>];

/**
 * Runs a tool once, as a turn does: `rejectIf`, the check of its arguments, one attempt within `timeoutMs` of real time, the
 * check of its result. Resolves with the result as the model gets it, which is JSON. There is no second attempt and no fallback.
 * @throws ToolCallError with the `kind` and the message that the model would get
 * @throws ToolDefinitionError if the definition has faults
 */
export async function runTool<Args, Result, Meta extends z.ZodObject = z.ZodObject>(
  definition: DefinedTool<Args, Result, Meta>,
  args: NoInfer<Args>,
  ...[given]: GivenTool<Meta>
): Promise<Result> {
  const { run, thrown } = prepareCall(definition, args, given);
  return resultOf(await runAttempts(run), thrown.at(-1)) as Result;
}

/**
 * Asks a write's `reconcile` whether the call happened, as a turn does after a crash: within `timeoutMs` of real time, with the
 * check of its result.
 * @throws ToolCallError of kind `outcome_unknown` where it throws, takes too long or answers what a turn does not understand
 * @throws ToolDefinitionError if the definition has faults
 */
export async function reconcileTool<Args, Result, Meta extends z.ZodObject = z.ZodObject>(
  definition: DefinedTool<Args, Result, Meta>,
  args: NoInfer<Args>,
  ...[given]: GivenTool<Meta>
): Promise<Reconciled<Result>> {
  const { run, thrown } = prepareCall(definition, args, given);
  if (!run.reconcile) throw new Error(`Tool '${definition.name}' has no 'reconcile'; give it one, or use runTool`);
  const found = await reconcile(run, run.policy.timeoutMs);
  if (thrown.length > 0) {
    const message = 'It is not known whether the call happened';
    throw new ToolCallError({ kind: 'outcome_unknown', message }, thrown[0]);
  }
  if (typeof found === 'string') return { outcome: found };
  return { outcome: 'done', result: resultOf(found, undefined) as Result };
}

interface PreparedCall {
  readonly run: ToolRun;
  /** What the author's functions have thrown. */
  readonly thrown: readonly unknown[];
}

/** A call that may run: nothing has rejected it, and its arguments are checked. */
function prepareCall(definition: ToolDefinition, args: unknown, given: RunToolOptions = {}): PreparedCall {
  const { reconcile: asks, ...tool } = createAlone(definition);
  const options: RunToolOptions & { readonly metadata?: unknown } = given;
  const metadata = fittingMetadata(createMetadata(definition.metadata), options.metadata, `tool '${tool.name}'`);
  const thrown: unknown[] = [];
  const onThrown = (error: unknown): void => void thrown.push(error);
  const { signal = new AbortController().signal, transcript = [], onProgress, onLog } = options;
  const served = toServed(options, tool.name);
  // As a model would have written them.
  const asked = JSON.parse(JSON.stringify(args)) as Json;
  const written = accept(tool.checkAsked(asked, onThrown), thrown);
  const turn = toTurn(served, metadata.value, options);
  const called = { served: turn, onThrown };
  const rejected = tool.rejectIf?.(written, transcript, called);
  if (rejected !== undefined)
    throw new ToolCallError({ kind: 'rejected', message: metadata.hideIn(rejected) }, thrown[0]);
  const checked = accept(tool.checkArguments(asked, onThrown), thrown);
  const inside = { metadata: seenBy(tool, metadata.value) };
  const onLogged = withoutSecrets(metadata, (line) => onLog?.(line));
  const run: ToolRun = {
    run: async (context) => tool.checkResult(await tool.run(checked, { ...context, ...inside }), onThrown),
    ...(asks && {
      reconcile: async (context) => ({ ok: true, value: await asks(checked, { ...context, ...inside }) }),
    }),
    policy: { ...tool.policyFor(written, called), attempts: 1 },
    ...{ metadata, served, signal, onThrown, clock: processClock },
    log: createToolLog(served, tool.name, onLogged),
    onAttempt: () => undefined,
    onProgress: (note) => onProgress?.(note),
  };
  return { run, thrown };
}

function toServed(options: RunToolOptions, tool: string): ServedCall {
  const { conversationId = 'test', turnId = 'test', callId = `tool:1:0:${tool}` } = options;
  const { idempotencyKey = `${turnId}/${callId}` } = options;
  return { conversationId, turnId, callId, idempotencyKey, ...readTraceContext(options) };
}

function toTurn({ conversationId, turnId }: ServedCall, metadata: Fields, options: RunToolOptions): ServedTurn<Fields> {
  const { context, conversationContext } = options;
  return { conversationId, turnId, metadata, context, conversationContext };
}

function accept(checked: Checked<unknown>, thrown: readonly unknown[]): unknown {
  if (checked.ok) return checked.value;
  throw new ToolCallError(checked.error, thrown[0]);
}

/** Checked like a tool of an agent, without other tools: `fallback` and `requires` name none of this test. */
function createAlone(definition: ToolDefinition): Tool {
  const { create, faults, label } = checkTool(definition, 0);
  if (!create) throw new ToolDefinitionError(label, faults);
  return create({ list: () => [], find: () => undefined });
}

function resultOf(
  { ok, result, error }: Pick<CallResult, 'ok' | 'result' | 'error'>,
  thrown: unknown,
): Json | undefined {
  if (ok) return result;
  throw new ToolCallError(error ?? { kind: 'failed', message: 'The tool failed without a message' }, thrown);
}
