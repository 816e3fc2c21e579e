import { type JsonObject, mapSchemas } from './json-schema.ts';

// One pattern like these makes OpenAI refuse the whole request, strict or not. Legato checks the arguments anyway.
const REFUSED_PATTERN = /\(\?[=!<]|\\p\{/i;

/** A schema without the patterns that servers refuse. */
export function withoutRefusedPatterns(schema: JsonObject): JsonObject {
  return mapSchemas(schema, ({ pattern, ...part }) =>
    typeof pattern !== 'string' || REFUSED_PATTERN.test(pattern) ? part : { ...part, pattern },
  );
}
