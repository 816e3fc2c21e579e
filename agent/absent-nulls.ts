import type { Json } from '../contract/items.ts';
import type { JsonObject } from '../providers/json-schema.ts';
import { fitsSchema } from './schema-fit.ts';
import { acceptsNull, isSchema, propertiesOf, requiredOf, resolveRef, schemasIn } from './subschemas.ts';

/**
 * Takes out the nulls by which a model in strict mode says "left out": those of properties that are optional and not
 * nullable themselves. `root` is the schema as its author wrote it.
 */
export function dropAbsentNulls(root: JsonObject, value: Json): Json {
  return dropNulls(root, root, value);
}

function dropNulls(root: JsonObject, schema: JsonObject, value: Json): Json {
  const resolved = resolveRef(root, schema);
  const branches = [...schemasIn(resolved, 'anyOf'), ...schemasIn(resolved, 'oneOf')];
  if (branches.length > 0) return dropNullsOfBranch(root, branches, value);
  const merged = schemasIn(resolved, 'allOf').reduce((rest, part) => dropNulls(root, part, rest), value);
  if (Array.isArray(merged)) return merged.map((item, index) => dropNulls(root, itemSchema(resolved, index), item));
  if (typeof merged === 'object' && merged !== null) return dropNullsOfObject(root, resolved, merged);
  return merged;
}

/** A union's nulls are those of the branch that the value belongs to. */
function dropNullsOfBranch(root: JsonObject, branches: readonly JsonObject[], value: Json): Json {
  for (const branch of branches) {
    const candidate = dropNulls(root, branch, value);
    if (fitsSchema(root, branch, candidate)) return candidate;
  }
  return value;
}

function dropNullsOfObject(root: JsonObject, schema: JsonObject, value: Record<string, Json>): Json {
  const properties = propertiesOf(schema);
  const required = requiredOf(schema);
  const rest = isSchema(schema.additionalProperties) ? schema.additionalProperties : {};
  const kept = Object.entries(value).flatMap(([name, part]): [string, Json][] => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property === undefined) return [[name, dropNulls(root, rest, part)]];
    const isAbsent = part === null && !required.includes(name) && !acceptsNull(root, property);
    return isAbsent ? [] : [[name, dropNulls(root, property, part)]];
  });
  return Object.fromEntries(kept);
}

function itemSchema(schema: JsonObject, index: number): JsonObject {
  const fixed = schemasIn(schema, 'prefixItems')[index];
  return fixed ?? (isSchema(schema.items) ? schema.items : {});
}
