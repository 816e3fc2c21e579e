import type { OpenAI } from 'openai';
import type { ModelRequest, ModelTool, ToolChoice } from '../model.ts';
import { toWireParameters } from './strict-schema.ts';
import { toWireMessages } from './wire-messages.ts';

type WireRequest = OpenAI.ChatCompletionCreateParamsStreaming;

/** With `toolChoice` `none` the tools are still sent: the messages may hold calls of them, and the server's prompt cache stays warm. */
export function toWireRequest(request: ModelRequest): WireRequest {
  return {
    model: request.model,
    messages: [...toWireMessages(request.messages, request.said)],
    stream: true,
    stream_options: { include_usage: true },
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
