import type { OpenAI } from 'openai';
import { toJsonText } from '../json-text.ts';
import type { ModelCall, ModelMessage } from '../model.ts';

type WireMessage = OpenAI.ChatCompletionMessageParam;
type WireAssistant = OpenAI.ChatCompletionAssistantMessageParam;
type WireUser = OpenAI.ChatCompletionUserMessageParam & { readonly content: string };

/** Asks for the rest of a reply; as the caller's message, since many servers take instructions at the beginning only. */
export const GO_ON =
  '[The line broke while you were speaking. The caller heard your last message; continue exactly where it ends, and do not repeat any of it.]';
/** Stands where the caller has said nothing yet. */
const BEFORE_WORDS = '[The caller is on the line.]';
/** Stands where the caller spoke before the model had said a word about the results of its calls. */
const NOTHING_SAID = '…';

/**
 * Messages in the form that all servers of this wire take, however strict: one system message, and that first; then the caller
 * and the model in turn, the caller first; after results of calls the model; text of whole characters; arguments that are JSON.
 */
export function toWireMessages(messages: readonly ModelMessage[], said: string | undefined): readonly WireMessage[] {
  const system = messages.flatMap((message) => (message.role === 'system' ? [message.text] : []));
  const wire: WireMessage[] = [];
  if (system.length > 0) wire.push({ role: 'system', content: system.join('\n\n').toWellFormed() });
  for (const message of messages) add(wire, message);
  if (said !== undefined) {
    addAssistant(wire, { role: 'assistant', content: said.toWellFormed() });
    addUser(wire, GO_ON);
  }
  return wire;
}

function add(wire: WireMessage[], message: ModelMessage): void {
  switch (message.role) {
    case 'system':
      return;
    case 'user':
      return addUser(wire, message.text.toWellFormed());
    case 'assistant':
      return addAssistant(wire, toWireAssistant(message.text.toWellFormed(), message.calls));
    case 'tool':
      wire.push({ role: 'tool', tool_call_id: message.callId, content: message.text.toWellFormed() });
  }
}

function addUser(wire: WireMessage[], content: string): void {
  const last = wire.at(-1);
  if (last?.role === 'user') wire.splice(-1, 1, { role: 'user', content: `${(last as WireUser).content}\n${content}` });
  else {
    if (last?.role === 'tool') wire.push({ role: 'assistant', content: NOTHING_SAID });
    wire.push({ role: 'user', content });
  }
}

function addAssistant(wire: WireMessage[], message: WireAssistant): void {
  const last = wire.at(-1);
  if (last === undefined || last.role === 'system') wire.push({ role: 'user', content: BEFORE_WORDS });
  if (last?.role !== 'assistant' || last.tool_calls) wire.push(message);
  else wire.splice(-1, 1, { ...message, content: joined(last.content, message.content) });
}

function joined(...contents: readonly WireAssistant['content'][]): string {
  const texts = contents.map((content) => (typeof content === 'string' ? content : ''));
  return texts.filter((text) => text !== '').join(' ');
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
      function: { name: call.name, arguments: toArguments(call.arguments) },
    })),
  };
}

/** Servers parse the arguments of earlier calls; what the model got wrong in them stands in the call's result. */
function toArguments(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? toJsonText(value) : '{}';
  } catch {
    return '{}'; // the call was refused for that
  }
}
