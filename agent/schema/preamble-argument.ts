import { PREAMBLE } from '../../contract/rounds.ts';
import { allSchemas, type JsonObject, mapSchemas, propertiesOf, requiredOf } from '../../providers/json-schema.ts';

const preamble = {
  type: 'string',
  description:
    'One short sentence for the caller, about this request, said while the tool runs; empty if you have already said something.',
};

const ROOT = '__root';

/** The schema with `preamble` as its first property, so that the model writes it first. */
export function withPreamble(schema: JsonObject): JsonObject {
  const root = nameRoot(schema);
  return {
    ...root,
    properties: { [PREAMBLE]: preamble, ...propertiesOf(root) },
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
