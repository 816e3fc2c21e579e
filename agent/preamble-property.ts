import type { JsonObject } from '../providers/json-schema.ts';
import { allSchemas, mapSchemas, propertiesOf, requiredOf } from './subschemas.ts';

/** The argument that carries words for the caller; it is taken out before a tool sees its arguments. */
export const PREAMBLE = 'preamble';

const property = {
  type: 'string',
  description:
    'One short sentence for the caller, about this request, said while the tool runs; empty if you have already said something.',
};

const ROOT = '__root';

/** The schema with `preamble` as its first property: it is then the first that a model writes. */
export function withPreamble(schema: JsonObject): JsonObject {
  const root = nameRoot(schema);
  return {
    ...root,
    properties: { [PREAMBLE]: property, ...propertiesOf(root) },
    required: [PREAMBLE, ...requiredOf(root)],
  };
}

/** Objects within a schema that contains itself are not asked for a preamble: they refer to a copy of the root. */
function nameRoot(root: JsonObject): JsonObject {
  if (!allSchemas(root).some((part) => part.$ref === '#')) return root;
  const { $defs, ...own } = mapSchemas(root, (part) =>
    part.$ref === '#' ? { ...part, $ref: `#/$defs/${ROOT}` } : part,
  );
  return { ...own, $defs: { ...($defs as JsonObject | undefined), [ROOT]: own } };
}
