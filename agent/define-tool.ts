import type { z } from 'zod';
import type { ToolContext } from './agent.ts';

export interface RetryOptions {
  /** All attempts, the first one included. Default: 2 for a read; a write has 1. */
  readonly attempts?: number;
  /** Wait before the second attempt, in ms; doubled for each one after it. Default 100. */
  readonly firstDelayMs?: number;
}

export interface ToolOptions<Input extends z.ZodObject, Output extends z.ZodType> {
  /** How the model calls it: letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  /** When to use it and what it gives, for the model. */
  readonly description: string;
  /** The arguments; checked before `run`. The model is told the same as JSON Schema. */
  readonly input: Input;
  /** The result; checked after `run`, if given. */
  readonly output?: Output;
  /** `read`: may be run again, early or in vain. `write`: changes the world. */
  readonly effect: 'read' | 'write';
  /** One attempt, in ms. Default 2000. */
  readonly timeoutMs?: number;
  /** All attempts and the waits between them, in ms. Default 3000. */
  readonly budgetMs?: number;
  readonly retry?: RetryOptions;
  /** Throw an Error whose message may be told to the model; a result is a JSON value. */
  readonly run: (args: z.output<Input>, context: ToolContext) => z.input<Output> | Promise<z.input<Output>>;
}

/** A tool as its author wrote it; `defineAgent` checks it. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodObject;
  readonly output?: z.ZodType;
  readonly effect: 'read' | 'write';
  readonly timeoutMs?: number;
  readonly budgetMs?: number;
  readonly retry?: RetryOptions;
  readonly run: (args: never, context: ToolContext) => unknown;
}

/** Types `run` by the schemas. Checks nothing: the agent that has the tool reports its faults together with all others. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodType = z.ZodUnknown>(
  options: ToolOptions<Input, Output>,
): ToolDefinition {
  return options;
}
