import assert from 'node:assert/strict';
import { apiDocument, type Schema } from '../../../declared-answers.ts';

export interface Bound {
  /** What of the schema it tries, e.g. `input.text: maxLength 8000`. */
  readonly title: string;
  readonly value: unknown;
  /** Whether the schema allows it: just inside of the bound, or just outside. */
  readonly isInside: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** A schema with what it refers to in its place. */
export function resolve(schema: Schema): Schema {
  const { $ref, ...rest } = schema;
  if ($ref === undefined) return schema;
  const named = apiDocument.components.schemas[$ref.split('/').at(-1) ?? ''] ?? assert.fail(`${$ref} is not there`);
  return { ...named, ...rest };
}

/** Values at the bounds of everything that a schema demands, made of one that has all its fields. */
export function boundsOf(asked: Schema, valid: unknown): Bound[] {
  const schema = resolve(asked);
  return [...ownBounds(schema, valid), ...typeBounds(schema)];
}

const inside = (title: string, value: unknown): Bound => ({ title, value, isInside: true });
const outside = (title: string, value: unknown): Bound => ({ title, value, isInside: false });

function ownBounds(schema: Schema, valid: unknown): Bound[] {
  if (schema['type'] === 'object') return objectBounds(schema, valid as Fields);
  return schema['type'] === 'array' ? listBounds(schema, valid as readonly unknown[]) : leafBounds(schema);
}

function listBounds({ items, minItems, maxItems }: Schema, valid: readonly unknown[]): Bound[] {
  assert.equal(maxItems, undefined, 'No list has a most number of items yet');
  const each = boundsOf(items as Schema, valid[0]).map((bound) => ({ ...bound, value: [bound.value] }));
  const fewest = Number(minItems ?? 0);
  const short = fewest > 0 ? [outside(`${fewest - 1} items`, valid.slice(0, fewest - 1))] : [];
  return [inside(`${fewest} items`, valid.slice(0, fewest)), ...short, ...each];
}

function typeBounds({ type }: Schema): Bound[] {
  const other = { string: 7, number: 'seven', integer: 1.5, array: 'none', object: ['a list'] }[type as 'string'];
  return [outside(`type ${String(type)}`, other), outside(`type ${String(type)}, not null`, null)];
}

function objectBounds(schema: Schema, valid: Fields): Bound[] {
  const isMap = typeof schema['additionalProperties'] === 'object';
  return isMap ? mapBounds(schema) : fieldBounds(schema, valid);
}

function fieldBounds(schema: Schema, valid: Fields): Bound[] {
  const { properties = {}, required = [], additionalProperties, dependentRequired = {} } = schema;
  assert.deepEqual(Object.keys(valid).sort(), Object.keys(properties).sort(), 'The valid value has all fields');
  assert.equal(additionalProperties, false, 'A request has no fields but those that it names');
  const without = (name: string): Fields => Object.fromEntries(Object.entries(valid).filter(([key]) => key !== name));
  const isNeeded = (name: string): boolean =>
    (required as string[]).includes(name) ||
    Object.values(dependentRequired as object)
      .flat()
      .includes(name);
  const each = Object.entries(properties).flatMap(([name, field]) => [
    { ...(isNeeded(name) ? outside : inside)(`without ${name}`, without(name)) },
    ...boundsOf(field, valid[name]).map(({ title, value, isInside }) => ({
      ...{ title: `${name}: ${title}`, value: { ...valid, [name]: value }, isInside },
    })),
  ]);
  return [inside('all fields', valid), outside('an unknown field', { ...valid, unknown: 1 }), ...each];
}

function mapBounds({ maxProperties, propertyNames, additionalProperties }: Schema): Bound[] {
  const entries = (count: number): Fields =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, 'value']));
  const most = Number(maxProperties);
  return [
    inside(`${most} entries`, entries(most)),
    outside(`${most + 1} entries`, entries(most + 1)),
    ...leafBounds(propertyNames as Schema).map(({ title, value, isInside }) => ({
      ...{ title: `name: ${title}`, value: { [String(value)]: 'value' }, isInside },
    })),
    ...boundsOf(additionalProperties as Schema, '').map(({ title, value, isInside }) => ({
      ...{ title: `entry: ${title}`, value: { key: value }, isInside },
    })),
  ];
}

/** Of a text or a number: its choices, its smallest and largest, its form. */
export function leafBounds({ enum: choices, minimum, maximum, minLength, maxLength, ...schema }: Schema): Bound[] {
  const pattern = schema['pattern'] as string | undefined;
  const fits = (text: string): boolean => pattern === undefined || new RegExp(pattern, 'u').test(text);
  const ofLength = (length: number): string[] => ['x', '7', '😀'].map((one) => one.repeat(length)).filter(fits);
  const step = schema['type'] === 'integer' ? 1 : 0.001;
  const bounds: Bound[] = [];
  if (choices) bounds.push(...(choices as string[]).map((choice) => inside(choice, choice)), outside('other', 'other'));
  if (minimum !== undefined) bounds.push(inside('minimum', minimum), outside('under', Number(minimum) - step));
  if (maximum !== undefined) bounds.push(inside('maximum', maximum), outside('over', Number(maximum) + step));
  if (minLength !== undefined) bounds.push(...lengths(Number(minLength), -1));
  if (maxLength !== undefined) bounds.push(...lengths(Number(maxLength), +1));
  if (pattern !== undefined) {
    const broken = ['', ' ', 'ü', 'a/b', 'x'.repeat(65), '1'.repeat(16)].filter((text) => !fits(text));
    assert.ok(broken.length > 0, `nothing is known that does not match ${pattern}`);
    bounds.push(...broken.map((text) => outside(`pattern, '${text}'`, text)));
  }
  return bounds;

  function lengths(limit: number, step: number): Bound[] {
    return [
      ...ofLength(limit).map((text) => inside(`${limit} characters '${text.slice(0, 2)}'`, text)),
      ...ofLength(limit + step).map((text) => outside(`${limit + step} characters '${text.slice(0, 2)}'`, text)),
    ];
  }
}
