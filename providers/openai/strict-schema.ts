// Parameters as OpenAI accepts them: in its strict form, which binds the model to the schema, where that can express it.
// Source: the guide "Structured outputs", section "Supported schemas", and openai-node's helpers.md, which names
// `default`, `minLength` and `maxLength` as refused. In strict form every object is closed and every property required,
// so that an optional one becomes nullable; `ModelTool` says that its null means absent.
import { withoutRefusedPatterns } from '../accepted-patterns.ts';
import {
  acceptsNull,
  allSchemas,
  type JsonObject,
  mapSchemas,
  partsOf,
  propertiesOf,
  requiredOf,
  typesOf,
} from '../json-schema.ts';

export interface WireParameters {
  readonly parameters: JsonObject;
  readonly strict: boolean;
}

/** By schema: the tools of an agent are the same in each of its requests. */
const converted = new WeakMap<JsonObject, WireParameters>();

export function toWireParameters(schema: JsonObject): WireParameters {
  const known = converted.get(schema);
  if (known) return known;
  const accepted = withoutRefusedPatterns(schema);
  const strict = toStrictSchema(accepted);
  const wire = { parameters: strict ?? accepted, strict: strict !== undefined };
  converted.set(schema, wire);
  return wire;
}

const SUPPORTED = new Set(
  (
    'type properties required additionalProperties items anyOf oneOf $ref $defs enum const description ' +
    'pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems'
  ).split(' '),
);
/** They constrain nothing, so they can be left out. */
const ANNOTATIONS = new Set('title default examples deprecated readOnly writeOnly $comment'.split(' '));
const FORMATS = new Set('date-time time date duration email hostname ipv4 ipv6 uuid'.split(' '));

const MAX_PROPERTIES = 5000;
const MAX_ENUM_VALUES = 1000;
const MAX_DEPTH = 10;

/** The strict form, or undefined where it cannot express the schema. */
function toStrictSchema(root: JsonObject): JsonObject | undefined {
  const parts = allSchemas(root);
  if (!parts.every(isExpressible) || !isWithinLimits(root, parts)) return undefined;
  return mapSchemas(root, (part) => toStrictPart(root, part));
}

function isExpressible(part: JsonObject): boolean {
  const keywords = Object.keys(part);
  if (!keywords.every((keyword) => SUPPORTED.has(keyword) || ANNOTATIONS.has(keyword))) return false;
  if (!['type', 'anyOf', 'oneOf', '$ref'].some((keyword) => keyword in part)) return false;
  if ('anyOf' in part && 'oneOf' in part) return false;
  if (typeof part.format === 'string' && !FORMATS.has(part.format)) return false;
  if (typesOf(part).includes('array') && !('items' in part)) return false;
  return part.additionalProperties === undefined || part.additionalProperties === false;
}

function isWithinLimits(root: JsonObject, parts: readonly JsonObject[]): boolean {
  const properties = parts.reduce((sum, part) => sum + Object.keys(propertiesOf(part)).length, 0);
  const values = parts.reduce((sum, part) => sum + (Array.isArray(part.enum) ? part.enum.length : 0), 0);
  return properties <= MAX_PROPERTIES && values <= MAX_ENUM_VALUES && depthOf(root) <= MAX_DEPTH;
}

function depthOf(schema: JsonObject): number {
  const below = partsOf(schema).map((part) => depthOf(part));
  return Math.max(0, ...below) + ('properties' in schema ? 1 : 0);
}

function toStrictPart(root: JsonObject, part: JsonObject): JsonObject {
  const kept = Object.entries(part).filter(([keyword]) => SUPPORTED.has(keyword));
  const strict = Object.fromEntries(kept.map(([keyword, value]) => [keyword === 'oneOf' ? 'anyOf' : keyword, value]));
  if (!typesOf(part).includes('object')) return strict;
  const properties = propertiesOf(part);
  const names = Object.keys(properties);
  const required = requiredOf(part);
  const optional = names.filter((name) => !required.includes(name) && !acceptsNull(root, properties[name] ?? {}));
  const changed = optional.map((name) => [name, toNullable(properties[name] ?? {})]);
  return {
    ...strict,
    properties: { ...properties, ...(Object.fromEntries(changed) as object) },
    required: names,
    additionalProperties: false,
  };
}

const SCALARS = new Set<unknown>(['string', 'number', 'integer', 'boolean']);

function toNullable(schema: JsonObject): JsonObject {
  const isScalar = SCALARS.has(schema.type) && !('enum' in schema) && !('const' in schema);
  if (isScalar) return { ...schema, type: [schema.type, 'null'] };
  const { description, ...rest } = schema;
  return { ...(description !== undefined && { description }), anyOf: [rest, { type: 'null' }] };
}
