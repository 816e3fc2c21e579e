// What tools' arguments are described in, and walks over it: documents of draft 2020-12, as zod writes them.

/** A JSON Schema document, or part of one. */
export type JsonObject = { readonly [key: string]: unknown };

const MAPS = ['properties', '$defs'] as const;
const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'] as const;
const SINGLES = ['items', 'additionalProperties', 'propertyNames', 'not'] as const;

export function isSchema(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function schemasIn(schema: JsonObject, keyword: (typeof LISTS)[number]): readonly JsonObject[] {
  const list = schema[keyword];
  return Array.isArray(list) ? list.filter(isSchema) : [];
}

export function propertiesOf(schema: JsonObject): Readonly<Record<string, JsonObject>> {
  return isSchema(schema.properties) ? (schema.properties as Record<string, JsonObject>) : {};
}

export function requiredOf(schema: JsonObject): readonly unknown[] {
  return Array.isArray(schema.required) ? schema.required : [];
}

/** Rebuilds a schema from its innermost parts outwards. */
export function mapSchemas(schema: JsonObject, change: (part: JsonObject) => JsonObject): JsonObject {
  const parts: Record<string, unknown> = { ...schema };
  for (const keyword of SINGLES) if (isSchema(parts[keyword])) parts[keyword] = mapSchemas(parts[keyword], change);
  for (const keyword of LISTS) {
    if (Array.isArray(parts[keyword]))
      parts[keyword] = schemasIn(schema, keyword).map((part) => mapSchemas(part, change));
  }
  for (const keyword of MAPS) {
    const map = parts[keyword];
    if (!isSchema(map)) continue;
    const mapped = Object.entries(map).map(([name, part]) => [name, isSchema(part) ? mapSchemas(part, change) : part]);
    parts[keyword] = Object.fromEntries(mapped);
  }
  return change(parts);
}

/** The schemas that a schema is directly made of. */
export function partsOf(schema: JsonObject): readonly JsonObject[] {
  const singles = SINGLES.map((keyword) => schema[keyword]);
  const lists = LISTS.flatMap((keyword) => schemasIn(schema, keyword));
  const maps = MAPS.flatMap((keyword) => (isSchema(schema[keyword]) ? Object.values(schema[keyword]) : []));
  return [...singles, ...lists, ...maps].filter(isSchema);
}

export function allSchemas(schema: JsonObject): readonly JsonObject[] {
  return [schema, ...partsOf(schema).flatMap((part) => allSchemas(part))];
}

/** The schema that a `$ref` within `root` stands for; any other schema is returned as it is. */
export function resolveRef(root: JsonObject, schema: JsonObject): JsonObject {
  if (typeof schema.$ref !== 'string') return schema;
  if (schema.$ref === '#') return root;
  const name = schema.$ref.replace('#/$defs/', '');
  const target = isSchema(root.$defs) ? root.$defs[name] : undefined;
  return isSchema(target) ? resolveRef(root, target) : {};
}

export function acceptsNull(root: JsonObject, schema: JsonObject): boolean {
  const resolved = resolveRef(root, schema);
  if ('const' in resolved) return resolved.const === null;
  if (Array.isArray(resolved.enum)) return resolved.enum.includes(null);
  if ('not' in resolved) return false;
  const branches = [...schemasIn(resolved, 'anyOf'), ...schemasIn(resolved, 'oneOf')];
  if (branches.length > 0) return branches.some((branch) => acceptsNull(root, branch));
  if (Array.isArray(resolved.allOf)) return schemasIn(resolved, 'allOf').every((part) => acceptsNull(root, part));
  return resolved.type === undefined || typesOf(resolved).includes('null');
}

/** The types that a schema names; none if it says nothing about them. */
export function typesOf(schema: JsonObject): readonly unknown[] {
  return schema.type === undefined ? [] : [schema.type].flat();
}
