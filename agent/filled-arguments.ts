import { z } from 'zod';
import type { Json } from '../contract/items.ts';

/**
 * The schema of what the model writes: without the arguments that other tools fill. Rules over the whole object are left
 * out of it, as they need all arguments.
 */
export function withoutFilled(input: z.core.$ZodObject, filled: readonly string[]): z.core.$ZodObject {
  if (filled.length === 0) return input;
  const { def } = input._zod;
  const kept = Object.entries(def.shape).filter(([name]) => !filled.includes(name));
  return z.core.clone(input, { ...def, shape: Object.fromEntries(kept), checks: [] });
}

/** Arguments without those that other tools fill: a model may write them all the same. */
export function dropFilled(args: Json, filled: readonly string[]): Json {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return args;
  return Object.fromEntries(Object.entries(args).filter(([name]) => !filled.includes(name)));
}
