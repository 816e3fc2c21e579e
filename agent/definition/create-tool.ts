import type { Json } from '../../contract/items.ts';
import type { Preamble, Tool, ToolSource } from '../agent.ts';
import type { PreambleOption, ToolDefinition } from '../define-tool.ts';
import { createArgumentCheck, createResultCheck } from '../schema/check-values.ts';
import { createSeenMetadata } from '../metadata/seen-metadata.ts';
import { type InputSchema, toInputSchema, withoutFilled } from '../schema/input-schema.ts';
import { createRejectIf, toPhrases } from './author-functions.ts';
import { createReconcile } from './create-reconcile.ts';
import { createPolicy, DEFAULTS } from './tool-policy.ts';

/** Neutral, as it has to fit whatever the tool does. */
const FORCED_PREAMBLE = 'One moment, please.';

/** A tool of a definition without faults. `schema` is that of the arguments that the model writes. */
export function createTool(definition: ToolDefinition, schema: InputSchema, tools: ToolSource): Tool {
  const { name, description, output, requires = {}, after = [], rejectIf, run, reconcile } = definition;
  const seen = createSeenMetadata(definition.metadata);
  const checkResult = createResultCheck(name, output);
  return {
    name,
    description,
    preamble: toPreamble(definition.preamble),
    parameters: schema.parameters,
    usesAgentFillers: definition.fillers === undefined,
    requires,
    after,
    onDuplicate: definition.onDuplicate ?? DEFAULTS[definition.effect].onDuplicate,
    thread: definition.thread ?? false,
    worker: definition.worker,
    metadataFields: seen.fields,
    policyFor: createPolicy(definition, seen, tools),
    ...createArgumentChecks(definition, schema),
    checkResult,
    ...(rejectIf !== undefined && { rejectIf: createRejectIf(rejectIf, seen) }),
    run: run as Tool['run'],
    ...(reconcile !== undefined && { reconcile: createReconcile(reconcile, checkResult) }),
  };
}

function createArgumentChecks(
  { name, input, requires = {} }: ToolDefinition,
  schema: InputSchema,
): Pick<Tool, 'checkAsked' | 'checkArguments'> {
  const filled = Object.keys(requires);
  const checkWritten = createArgumentCheck(name, withoutFilled(input, filled), schema.input);
  if (filled.length === 0) return { checkAsked: checkWritten, checkArguments: checkWritten };
  return {
    checkAsked: (value, onThrown) => checkWritten(dropFilled(value, filled), onThrown),
    checkArguments: createArgumentCheck(name, input, toInputSchema(input)),
  };
}

/** A model may write the arguments that other tools fill, although it is not asked for them. */
function dropFilled(args: Json, filled: readonly string[]): Json {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return args;
  return Object.fromEntries(Object.entries(args).filter(([name]) => !filled.includes(name)));
}

function toPreamble(option: PreambleOption = 'auto'): Preamble {
  if (typeof option === 'object') return { mode: 'force', say: toPhrases(option.force) };
  return { mode: option, say: option === 'force' ? [FORCED_PREAMBLE] : [] };
}
