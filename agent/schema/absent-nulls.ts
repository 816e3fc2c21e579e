import type { Json } from '../../contract/items.ts';
import {
  acceptsNull,
  isSchema,
  type JsonObject,
  propertiesOf,
  requiredOf,
  resolveRef,
  schemasIn,
  typesOf,
} from '../../providers/json-schema.ts';

/**
 * Null in an optional property means that it is left out, unless the property is nullable itself: models write it where
 * a provider's strict form asks for every property, and results that fill arguments have it. `root` is the schema as its
 * author wrote it.
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

/** Whether a value has a schema's shape: types, constants, properties. Lengths, ranges and patterns are not looked at. */
function fitsSchema(root: JsonObject, schema: JsonObject, value: Json): boolean {
  const resolved = resolveRef(root, schema);
  if ('const' in resolved && resolved.const !== value) return false;
  if (Array.isArray(resolved.enum) && !resolved.enum.includes(value)) return false;
  if (!fitsType(resolved, value)) return false;
  const branches = [...schemasIn(resolved, 'anyOf'), ...schemasIn(resolved, 'oneOf')];
  if (branches.length > 0 && !branches.some((branch) => fitsSchema(root, branch, value))) return false;
  if (!schemasIn(resolved, 'allOf').every((part) => fitsSchema(root, part, value))) return false;
  if (Array.isArray(value)) return fitsItems(root, resolved, value);
  return typeof value !== 'object' || value === null || fitsProperties(root, resolved, value);
}

function fitsType(schema: JsonObject, value: Json): boolean {
  const types = typesOf(schema);
  if (types.length === 0) return true;
  if (value === null) return types.includes('null');
  if (Array.isArray(value)) return types.includes('array');
  return types.includes(typeof value) || (types.includes('integer') && Number.isInteger(value));
}

function fitsItems(root: JsonObject, schema: JsonObject, value: readonly Json[]): boolean {
  const fixed = schemasIn(schema, 'prefixItems');
  const rest = isSchema(schema.items) ? schema.items : {};
  return value.every((item, index) => fitsSchema(root, fixed[index] ?? rest, item));
}

function fitsProperties(root: JsonObject, schema: JsonObject, value: Record<string, Json>): boolean {
  if (!requiredOf(schema).every((name) => typeof name === 'string' && Object.hasOwn(value, name))) return false;
  const properties = propertiesOf(schema);
  return Object.entries(value).every(([name, part]) => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property !== undefined) return fitsSchema(root, property, part);
    if (isSchema(schema.additionalProperties)) return fitsSchema(root, schema.additionalProperties, part);
    return schema.additionalProperties !== false;
  });
}
