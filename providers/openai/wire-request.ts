import type { OpenAI } from 'openai';
import type { ModelCall, ModelMessage, ModelRequest, ModelTool, ToolChoice } from '../model.ts';
import { toWireParameters } from './strict-schema.ts';

type WireRequest = OpenAI.ChatCompletionCreateParamsStreaming;
type WireMessage = OpenAI.ChatCompletionMessageParam;
type WireAssistant = OpenAI.ChatCompletionAssistantMessageParam;

/** With `toolChoice` `none` the tools are still sent: the messages may hold calls of them, and the server's prompt cache stays warm. */
export function toWireRequest(request: ModelRequest): WireRequest {
  return {
    model: request.model,
    messages: request.messages.map(toWireMessage),
    stream: true,
    ...(request.tools.length > 0 && {
      tools: request.tools.map(toWireTool),
      tool_choice: toWireToolChoice(request.toolChoice),
    }),
    ...(request.reasoningEffort !== undefined && { reasoning_effort: request.reasoningEffort }),
    ...(request.temperature !== undefined && { temperature: request.temperature }),
    ...(request.maxTokens !== undefined && { max_completion_tokens: request.maxTokens }),
  };
}

function toWireTool({ name, description, parameters: schema }: ModelTool): OpenAI.ChatCompletionFunctionTool {
  const { parameters, strict } = toWireParameters(schema);
  return { type: 'function', function: { name, description, parameters: { ...parameters }, strict } };
}

function toWireToolChoice(choice: ToolChoice): OpenAI.ChatCompletionToolChoiceOption {
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.tool } };
}

function toWireMessage(message: ModelMessage): WireMessage {
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content: message.text };
    case 'assistant':
      return toWireAssistant(message.text, message.calls);
    case 'tool':
      return { role: 'tool', tool_call_id: message.callId, content: message.text };
  }
}

/** The wire takes no empty list of calls, and no empty text beside calls. */
function toWireAssistant(text: string, calls: readonly ModelCall[]): WireAssistant {
  if (calls.length === 0) return { role: 'assistant', content: text };
  return {
    role: 'assistant',
    content: text === '' ? null : text,
    tool_calls: calls.map((call) => ({
      id: call.id,
      type: 'function',
      function: { name: call.name, arguments: call.arguments },
    })),
  };
}
