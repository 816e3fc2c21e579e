import type { OpenAI } from 'openai';
import { toJsonText } from '../json-text.ts';
import type { ModelCall, ModelMessage } from '../model.ts';
import { askedToGoOn, toArguments } from '../ordered-messages.ts';

type WireMessage = OpenAI.ChatCompletionMessageParam;
type WireAssistant = OpenAI.ChatCompletionAssistantMessageParam;

/** Messages in the form that all servers of this wire take. `said`: the beginning of the reply, from which the model is to go on. */
export function toWireMessages(messages: readonly ModelMessage[], said: string | undefined): readonly WireMessage[] {
  return askedToGoOn(messages, said).map(toWireMessage);
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
      function: { name: call.name, arguments: toJsonText(toArguments(call.arguments)) },
    })),
  };
}
