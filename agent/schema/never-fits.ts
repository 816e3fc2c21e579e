import {
  isSchema,
  type JsonObject,
  propertiesOf,
  requiredOf,
  resolveRef,
  schemasIn,
  typesOf,
} from '../../providers/json-schema.ts';

/** A JSON Schema, and the document that its references are looked up in. */
export interface Located {
  readonly root: JsonObject;
  readonly schema: JsonObject;
}

/**
 * Why no value of one schema is one of the other, e.g. `is a number, not a string`; undefined where some value may be, as
 * far as types, listed values and fields say. Lengths, ranges and patterns are not looked at.
 */
export function neverFits(given: Located, wanted: Located): string | undefined {
  const reasons = branchesOf(given).map((branch) => {
    const mismatches = branchesOf(wanted).map((other) => mismatch(branch, other));
    return mismatches.includes(undefined) ? undefined : mismatches[0];
  });
  // Null is left out where it is not all there is: a missing value skips the call, whatever the types are.
  const real = branchesOf(given).flatMap((branch, index) => (isNull(branch) ? [] : [reasons[index]]));
  const counted = real.length > 0 ? real : reasons;
  return counted.includes(undefined) ? undefined : counted[0];
}

/** The schema that a field of a schema has; a text if it has none, undefined where that cannot be known. */
export function fieldOf({ root, schema }: Located, field: string): Located | readonly string[] | undefined {
  const names: string[] = [];
  const found: JsonObject[] = [];
  for (const branch of branchesOf({ root, schema })) {
    if (isNull(branch)) continue;
    const properties = propertiesOf(branch.schema);
    if (Object.hasOwn(properties, field)) found.push(properties[field] ?? {});
    else if (branch.schema.additionalProperties !== false) return undefined;
    names.push(...Object.keys(properties));
  }
  if (names.length === 0) return undefined;
  return found.length === 0 ? [...new Set(names)] : { root, schema: { anyOf: found } };
}

/** One schema per alternative, each with one type at most. */
function branchesOf({ root, schema }: Located): readonly Located[] {
  const resolved = resolveRef(root, schema);
  const branches = [...schemasIn(resolved, 'anyOf'), ...schemasIn(resolved, 'oneOf')];
  if (branches.length > 0) return branches.flatMap((branch) => branchesOf({ root, schema: branch }));
  const types = typesOf(resolved);
  if (types.length < 2) return [{ root, schema: resolved }];
  return types.map((type) => ({ root, schema: { ...resolved, type } }));
}

function mismatch(given: Located, wanted: Located): string | undefined {
  const [one, other] = [typeOf(given.schema), typeOf(wanted.schema)];
  if (one === undefined || other === undefined) return undefined;
  if (one !== other) return `is ${NAMES[one] ?? one}, not ${NAMES[other] ?? other}`;
  const [values, allowed] = [valuesOf(given.schema), valuesOf(wanted.schema)];
  if (values && allowed && !values.some((value) => allowed.includes(value))) {
    return `is ${listText(values)}, not ${listText(allowed)}`;
  }
  if (one === 'array') return itemMismatch(given, wanted);
  return one === 'object' ? fieldMismatch(given, wanted) : undefined;
}

function itemMismatch(given: Located, wanted: Located): string | undefined {
  if (!isSchema(given.schema.items) || !isSchema(wanted.schema.items)) return undefined;
  const items = { root: given.root, schema: given.schema.items };
  const reason = neverFits(items, { root: wanted.root, schema: wanted.schema.items });
  return reason === undefined ? undefined : `is a list in which an item ${reason}`;
}

function fieldMismatch(given: Located, wanted: Located): string | undefined {
  const expected = propertiesOf(wanted.schema);
  for (const name of requiredOf(wanted.schema).map(String)) {
    const field = fieldOf(given, name);
    if (field === undefined) continue;
    if (!('root' in field)) return `is an object without '${name}'`;
    const reason = neverFits(field, { root: wanted.root, schema: expected[name] ?? {} });
    if (reason !== undefined) return `is an object in which '${name}' ${reason}`;
  }
  return undefined;
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

/** Undefined where a schema says nothing about it. */
function typeOf(schema: JsonObject): string | undefined {
  const [type] = typesOf(schema);
  const [value] = valuesOf(schema) ?? [];
  const named = type ?? (value === undefined ? undefined : value === null ? 'null' : typeof value);
  return named === 'integer' ? 'number' : (named as string | undefined);
}

function isNull({ schema }: Located): boolean {
  return typeOf(schema) === 'null';
}

function valuesOf(schema: JsonObject): readonly unknown[] | undefined {
  if ('const' in schema) return [schema.const];
  return Array.isArray(schema.enum) ? schema.enum : undefined;
}

function listText(values: readonly unknown[]): string {
  return values.map((value) => `'${String(value)}'`).join(' or ');
}
