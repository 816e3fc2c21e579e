import { withoutRefusedPatterns } from '../accepted-patterns.ts';
import type { JsonObject } from '../json-schema.ts';
import type { ModelRequest, ModelTool, ToolChoice } from '../model.ts';
import { askedToGoOn, inOrder } from '../ordered-messages.ts';
import type { AiSdkModel, CallOptions, FunctionTool } from './model-object.ts';
import { toPrompt } from './prompt.ts';

/** How a reply that broke off is gone on with: the prompt ends with its beginning, or with a request for the rest. */
export type GoingOn = 'prefill' | 'words';

/** With `toolChoice` `none` the tools are still sent: the messages may hold calls of them, and the provider's prompt cache stays warm. */
export function toCallOptions(
  { specificationVersion }: Pick<AiSdkModel, 'specificationVersion'>,
  request: ModelRequest,
  goingOn: GoingOn,
): CallOptions {
  const { messages, said, tools, toolChoice, reasoningEffort, temperature, maxTokens } = request;
  const ordered = goingOn === 'prefill' ? inOrder(messages, said) : askedToGoOn(messages, said);
  return {
    prompt: toPrompt(ordered),
    ...(tools.length > 0 && { tools: tools.map(toFunctionTool), toolChoice: toToolChoice(toolChoice) }),
    ...(reasoningEffort !== undefined && specificationVersion !== 'v3' && { reasoning: reasoningEffort }),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
  };
}

/** By schema: the tools of an agent are the same in each of its requests. */
const accepted = new WeakMap<JsonObject, JsonObject>();

/** Without strict form: each provider has a form of its own, and what it sends of this is its package's to say. */
function toFunctionTool({ name, description, parameters }: ModelTool): FunctionTool {
  const inputSchema = accepted.get(parameters) ?? withoutRefusedPatterns(parameters);
  accepted.set(parameters, inputSchema);
  return { type: 'function', name, description, inputSchema };
}

function toToolChoice(choice: ToolChoice): NonNullable<CallOptions['toolChoice']> {
  return typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: choice.tool };
}
