import type { Source } from '../contract/rounds.ts';
import type { JsonObject } from '../providers/json-schema.ts';
import { isRecord } from './option-rules.ts';
import { requiredOf } from './subschemas.ts';
import { isSource } from './tool-rules.ts';

/** What a tool says of other tools, and what others may rely on in it, as far as its definition makes sense. */
export interface ToolLinks {
  readonly name: string;
  readonly effect: unknown;
  readonly requires: readonly Source[];
  readonly after: readonly string[];
  readonly fallback?: string;
  /** Arguments that it has to be given by the model. */
  readonly needs: readonly string[];
  /** Schema of its result, if it has one. */
  readonly output: unknown;
}

/** `plain` is the schema of what the model writes. */
export function readLinks(given: Readonly<Record<string, unknown>>, plain: JsonObject): ToolLinks {
  const { requires, after, onFailure, output } = given;
  const fallback = isRecord(onFailure) ? onFailure.fallback : undefined;
  return {
    name: String(given.name),
    effect: given.effect,
    requires: isRecord(requires) ? Object.values(requires).filter(isSource) : [],
    after: Array.isArray(after) ? after.filter((name) => typeof name === 'string') : [],
    ...(typeof fallback === 'string' && { fallback }),
    needs: requiredOf(plain).map(String),
    output,
  };
}
