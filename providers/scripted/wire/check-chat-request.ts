import type { ChatMessage, ChatRequest, ChatTool } from './chat-request.ts';

/** What the real server refuses with 400; checked here so that a prompt or schema it would refuse is noticed offline. */
export interface RequestFault {
  readonly param: string;
  readonly message: string;
}

const TOOL_NAME = /^[\w-]{1,64}$/;
const TOOL_CHOICES = ['auto', 'none', 'required'];
const REASONING_EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

export function checkChatRequest(request: Partial<ChatRequest>): RequestFault | undefined {
  if (typeof request.model !== 'string') return { param: 'model', message: 'A model is required.' };
  if (!Array.isArray(request.messages)) return { param: 'messages', message: 'A list of messages is required.' };
  if (request.stream !== true) return { param: 'stream', message: 'This server only streams.' };
  if (request.tool_choice !== undefined && request.tools === undefined) {
    return { param: 'tool_choice', message: "'tool_choice' is only allowed when 'tools' are specified." };
  }
  return findMessageFault(request.messages) ?? findToolFault(request.tools) ?? findChoiceFault(request);
}

/** Results must follow the message with their calls, and each call must have its result before anything else comes. */
function findMessageFault(messages: readonly ChatMessage[]): RequestFault | undefined {
  let open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const param = `messages.[${index}]`;
    if (message.role === 'tool') {
      if (open.delete(message.tool_call_id ?? '')) continue;
      return { param, message: "A message with role 'tool' must answer a preceding message with 'tool_calls'." };
    }
    if (open.size > 0) return { param, message: "Each of 'tool_calls' must be followed by its 'tool' message." };
    open = new Set((message.tool_calls ?? []).map((call) => call.id));
    if (message.content === null && open.size === 0) return { param, message: 'The content is missing.' };
  }
  if (open.size === 0) return undefined;
  return { param: 'messages', message: "Each of 'tool_calls' must be followed by its 'tool' message." };
}

function findToolFault(tools: readonly ChatTool[] | undefined): RequestFault | undefined {
  if (tools?.length === 0) return { param: 'tools', message: "'tools' must not be empty." };
  for (const [index, { function: tool }] of (tools ?? []).entries()) {
    if (!TOOL_NAME.test(tool.name)) {
      return { param: `tools[${index}].function.name`, message: `The name must match ${String(TOOL_NAME)}.` };
    }
    if (tool.strict === true && !isStrict(tool.parameters)) {
      const message =
        "In strict form each object needs 'additionalProperties': false and all its properties in 'required'.";
      return { param: `tools[${index}].function.parameters`, message };
    }
  }
  return undefined;
}

function findChoiceFault({ tools = [], tool_choice: choice, reasoning_effort: effort }: Partial<ChatRequest>) {
  if (typeof choice === 'object') {
    const name = choice.function?.name;
    if (choice.type !== 'function' || !tools.some((tool) => tool.function.name === name)) {
      return { param: 'tool_choice', message: `Function '${String(name)}' is not in 'tools'.` };
    }
  } else if (choice !== undefined && !TOOL_CHOICES.includes(choice)) {
    return { param: 'tool_choice', message: `The value must be one of ${TOOL_CHOICES.join(', ')}.` };
  }
  if (effort === undefined || REASONING_EFFORTS.includes(effort)) return undefined;
  return { param: 'reasoning_effort', message: `The value must be one of ${REASONING_EFFORTS.join(', ')}.` };
}

function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (typeof schema !== 'object' || schema === null) return true;
  const { properties, required, additionalProperties } = schema as Record<string, unknown>;
  if (typeof properties === 'object' && properties !== null) {
    const named: unknown[] = Array.isArray(required) ? required : [];
    if (additionalProperties !== false || !Object.keys(properties).every((name) => named.includes(name))) return false;
  }
  return Object.values(schema).every(isStrict);
}
