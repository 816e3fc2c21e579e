import type { z } from 'zod';
import type { Item } from '../contract/items.ts';
import type { BargeInRule, Gate, Source } from '../contract/rounds.ts';
import type { DuplicateRule, Reconciled, ServedTurn, ToolContext } from './agent.ts';
import type { NotJsonIn, NotJsonResult, Unless } from './json-types.ts';
import { placeText } from './loading/code-frame.ts';
import { authorFrames } from './loading/error-places.ts';
import type { MetadataOf, NoMetadata, NotText, PublicOf, WireOf } from './metadata/metadata-types.ts';

export interface RetryOptions {
  /** All attempts, the first one included. Default: 2 for a read; a write has 1. */
  readonly attempts?: number;
  /** Wait before the second attempt, in ms; doubled for each one after it. Default 100. */
  readonly firstDelayMs?: number;
}

/** A phrase, or several of which one is said. */
export type Phrases = string | readonly string[];
/**
 * Phrases, or a function that returns them for the arguments of one call. If it throws, nothing is said. What it says is heard
 * and recorded, so it is given no secret metadata.
 */
export type Say<Args, Public = object> = Phrases | ((args: Args, turn: ServedTurn<Public>) => Phrases);

export interface FillerOptions<Args, Public = object> {
  /** Since the tool was started. */
  readonly afterMs: number;
  /** If there are several phrases, the one that was said last is not said again. */
  readonly say: Say<Args, Public>;
}

export interface FailureOptions<Args, Public = object> {
  /** For the caller, when all attempts have failed. */
  readonly say?: Say<Args, Public>;
  /** For the model: what it may do about it. */
  readonly guide?: string;
  /** Name of a read that is run instead, with the same arguments and under its own policy. */
  readonly fallback?: string;
}

/** `force` with phrases: one of them is said when the model gave no words of its own. */
export type PreambleOption = 'auto' | 'force' | 'off' | { readonly force: Phrases };

/** Options whose values depend on the effect, as `defineAgent` checks them. */
interface EffectOptions {
  /** `read`: may run more than once, or speculatively with its result discarded. `write`: changes the world. */
  readonly effect: 'read' | 'write';
  /**
   * What happens to a call that has begun when the caller interrupts. `cancel`: its signal is aborted. `continue`: it ends,
   * and its result is in the record. `block`: it ends, and the turn still answers. Default `cancel` for a read,
   * `continue` for a write, which is never cancelled once it has begun. One that has not begun never begins.
   */
  readonly onBargeIn?: BargeInRule;
  readonly retry?: RetryOptions;
  /** Writes only: the other side does what has the same `idempotencyKey` once, so that the write may be retried. Default false. */
  readonly idempotent?: boolean;
  /** Reads only: how long a result is given again for the same arguments, in ms. Default 0: never. */
  readonly cacheMs?: number;
}

interface ReadOptions extends EffectOptions {
  readonly effect: 'read';
  readonly idempotent?: false;
  readonly reconcile?: never;
}

interface WriteOptions extends EffectOptions {
  readonly effect: 'write';
  readonly onBargeIn?: Exclude<BargeInRule, 'cancel'>;
  readonly cacheMs?: never;
  readonly idempotent: true;
  readonly reconcile?: never;
}

/** A write that must not run twice, and whose author can find out whether it ran. */
interface ReconciledOptions extends EffectOptions {
  readonly effect: 'write';
  readonly onBargeIn?: Exclude<BargeInRule, 'cancel'>;
  readonly cacheMs?: never;
  readonly idempotent?: false;
  readonly retry?: never;
}

/** What every tool may have, whatever its effect is: a write that is neither idempotent nor reconciled has no more. */
interface PlainOptions extends EffectOptions {
  readonly onBargeIn?: Exclude<BargeInRule, 'cancel'>;
  readonly cacheMs?: never;
  readonly idempotent?: false;
  readonly retry?: never;
  readonly reconcile?: never;
}

/** Options that are the same for every input. `Public`: the metadata without its secret fields. */
interface CommonOptions<Args, Metadata, Public> {
  /** How the model calls it: letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  /** When to use it and what it gives, for the model. */
  readonly description: string;
  /** When it may start, relative to the speech of its round. Default `at_once` for a read, `after_speech_starts` for a write. */
  readonly start?: Gate;
  /** Words before the tool: `auto` asks the model for them, `force` always has some, `off` has none. Default `auto`. */
  readonly preamble?: PreambleOption;
  /** What is said while the caller waits, in the order of `afterMs`. Default: the fillers of the agent. */
  readonly fillers?: readonly FillerOptions<Args, Public>[];
  /** One attempt, in ms. Default 2000. */
  readonly timeoutMs?: number;
  /** All attempts and the waits between them, in ms. Default 3000. */
  readonly budgetMs?: number;
  readonly onFailure?: FailureOptions<Args, Public>;
  /**
   * What happens to a call that was made before in the same reply, with the same arguments. `join`: it does not run, and has
   * the result of the first one. `allow`: it runs too. `reject`: the model gets an error. Default `join` for a write, `allow`
   * for a read.
   */
  readonly onDuplicate?: DuplicateRule;
  /** Tools whose calls of the same round come first. */
  readonly after?: readonly string[];
  /**
   * Checks a call before it runs. A returned text refuses the call, and the model gets it as the reason; undefined or false lets
   * it pass. A function that throws rejects it too. `transcript` is the conversation so far, this turn included.
   */
  readonly rejectIf?: (
    args: Args,
    transcript: readonly Item[],
    turn: ServedTurn<Metadata>,
  ) => string | false | undefined;
  /** Runs on a worker thread, which loads the agent module itself: for code that blocks. Default false. */
  readonly thread?: boolean;
  /**
   * Name of a group of tools-only workers (`legato worker --only tools --group <name>`), one of which runs it: for a tool that
   * belongs near its data, or on another machine. Default: the process that is the turn's home runs it.
   */
  readonly worker?: string;
}

/** `Filled` are the arguments in `requires`: `run` gets them, but the model does not write them. */
export type ToolOptions<
  Input extends z.ZodObject,
  Output extends z.ZodType,
  Filled extends string,
  Result = z.input<Output>,
  Meta extends z.ZodObject = NoMetadata,
> = CommonOptions<Omit<z.output<Input>, Filled>, MetadataOf<Meta>, PublicOf<Meta>> &
  (ReadOptions | WriteOptions | ReconciledOptions | PlainOptions) & {
    /** The arguments; checked before `run`. The model gets the same as JSON Schema. */
    readonly input: Input & Unless<'JSON cannot hold an argument of this type', NotJsonIn<z.input<Input>>>;
    /** The result; checked after `run`, if given. */
    readonly output?: Output & Unless<'JSON cannot hold an output of this type', NotJsonResult<z.output<Output>>>;
    /**
     * What the tool sees of the conversation's metadata: the agent's schema, or a part of it, such as
     * `metadata.pick({ tenant: true })`. The agent's schema reads the values; this one says which of them the tool gets.
     */
    readonly metadata?: Meta & Unless<'Metadata is text on the wire, which this field cannot read', NotText<Meta>>;
    /** Arguments filled from other tools' results: `{ order_id: from('latest_order', 'order_id') }`. Those tools are called if the model did not call them. */
    readonly requires?: Readonly<Record<Filled, Source>>;
    /** Returns a JSON value. The model gets the message of an Error that it throws. */
    readonly run: (args: z.output<Input>, tool: ToolContext<MetadataOf<Meta>>) => Result | Promise<Result>;
    /**
     * Writes only: finds out whether a call happened that a lost process may have made, by its idempotency key. `done` has the
     * result that `run` would have returned; after `not_done` it runs, under the same key. One that throws, takes longer than
     * `timeoutMs` or answers anything else leaves the outcome unknown.
     */
    readonly reconcile?: (
      args: z.output<Input>,
      idempotencyKey: string,
      tool: ToolContext<MetadataOf<Meta>>,
    ) => Reconciled<NoInfer<Result>> | Promise<Reconciled<NoInfer<Result>>>;
  };

/** A tool as its author wrote it; `defineAgent` checks it. */
export interface ToolDefinition extends CommonOptions<never, never, never>, EffectOptions {
  readonly input: z.ZodObject;
  readonly output?: z.ZodType;
  readonly metadata?: z.ZodObject;
  readonly requires?: Readonly<Record<string, Source>>;
  readonly run: (args: never, tool: ToolContext<never>) => unknown;
  readonly reconcile?: (args: never, idempotencyKey: string, tool: ToolContext<never>) => unknown;
}

declare const types: unique symbol;
declare const neededMetadata: unique symbol;

/** A tool for an agent whose conversations have this metadata. One that needs none fits every agent. */
export interface ToolFor<Metadata> extends ToolDefinition {
  readonly [neededMetadata]?: (metadata: Metadata) => void;
}

/**
 * What `defineTool` returns. The types of the arguments as a model writes them, of the result, and of the metadata as clients
 * send it are kept for tests, and of the metadata that it needs for `defineAgent`.
 */
export interface DefinedTool<Args, Result, Meta extends z.ZodObject = z.ZodObject> extends ToolFor<MetadataOf<Meta>> {
  readonly [types]?: { readonly args: Args; readonly result: Result; readonly metadata: WireOf<Meta> };
}

/** Infers types from the schemas and checks nothing: `defineAgent` reports the faults of all tools together. */
export function defineTool<
  Input extends z.ZodObject,
  Output extends z.ZodType = z.ZodUnknown,
  Filled extends keyof z.output<Input> & string = never,
  Result extends z.input<Output> = z.input<Output>,
  Meta extends z.ZodObject = NoMetadata,
>(
  options: ToolOptions<Input, Output, Filled, Result, Meta> & {
    readonly run: Unless<"JSON cannot hold this result of 'run'", NotJsonOfRun<Output, Result>>;
  },
): DefinedTool<z.input<Input>, z.output<Output>, Meta> {
  if (isObject(options)) places.set(options, new Error());
  return options;
}

/** With an output schema it is the schema's result that counts: it may make JSON of what `run` returns. */
type NotJsonOfRun<Output, Result> = unknown extends z.input<Output> ? NotJsonResult<Result> : never;

/** Where each tool was defined. A stack is read only if there is a fault to report. */
const places = new WeakMap<object, Error>();

/** Where `defineTool` was called for a tool, e.g. `tools/find-order.ts:12:26`; undefined for one that was made without it. */
export function definedAt(tool: unknown): string | undefined {
  const error = isObject(tool) ? places.get(tool) : undefined;
  const [frame] = error === undefined ? [] : authorFrames(error);
  return frame && placeText(frame);
}

/** From JavaScript anything may come. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** For `requires`: the argument is filled with this field of that tool's result. Dots lead into objects, e.g. 'order.id'. */
export function from(tool: string, field: string): Source {
  return { tool, field };
}
