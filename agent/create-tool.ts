import type { Preamble, Tool } from './agent.ts';
import { createRefusal } from './call-refusal.ts';
import { createArgumentCheck, createResultCheck } from './check-values.ts';
import type { PreambleOption, ToolDefinition } from './define-tool.ts';
import { dropFilled, withoutFilled } from './filled-arguments.ts';
import { type InputSchema, toPlainSchema } from './model-schema.ts';
import { toPhrases } from './phrases.ts';
import { createPolicy } from './tool-policy.ts';

/** Neutral, as it has to fit whatever the tool does. */
const FORCED_PREAMBLE = 'One moment, please.';

/** A tool of a definition without faults. `schema` is that of what the model writes. */
export function createTool(definition: ToolDefinition, schema: InputSchema, tools: ReadonlyMap<string, Tool>): Tool {
  const { name, description, output, requires = {}, after = [], rejectIf, run } = definition;
  return {
    name,
    description,
    preamble: toPreamble(definition.preamble),
    parameters: schema.parameters,
    strict: schema.strict,
    usesAgentFillers: definition.fillers === undefined,
    requires,
    after,
    policyFor: createPolicy(definition, tools),
    ...createArgumentChecks(definition, schema),
    checkResult: createResultCheck(name, output),
    ...(rejectIf !== undefined && { rejectIf: createRefusal(rejectIf) }),
    run: run as Tool['run'],
  };
}

function createArgumentChecks(
  { name, input, requires = {} }: ToolDefinition,
  { plain }: InputSchema,
): Pick<Tool, 'checkAsked' | 'checkArguments'> {
  const filled = Object.keys(requires);
  const checkWritten = createArgumentCheck(name, withoutFilled(input, filled), plain);
  if (filled.length === 0) return { checkAsked: checkWritten, checkArguments: checkWritten };
  return {
    checkAsked: (value, onThrown) => checkWritten(dropFilled(value, filled), onThrown),
    checkArguments: createArgumentCheck(name, input, toPlainSchema(input)),
  };
}

function toPreamble(option: PreambleOption = 'auto'): Preamble {
  if (typeof option === 'object') return { mode: 'force', say: toPhrases(option.force) };
  return { mode: option, say: option === 'force' ? [FORCED_PREAMBLE] : [] };
}
