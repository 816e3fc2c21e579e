import type { Json } from '../contract/items.ts';
import type { JsonObject } from '../providers/json-schema.ts';
import { isSchema, propertiesOf, requiredOf, resolveRef, schemasIn, typesOf } from './subschemas.ts';

/** Whether a value has a schema's shape: types, constants, properties. Lengths, ranges and patterns are not looked at. */
export function fitsSchema(root: JsonObject, schema: JsonObject, value: Json): boolean {
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
