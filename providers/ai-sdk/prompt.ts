import type { ModelCall, ModelMessage } from '../model.ts';
import { toArguments } from '../ordered-messages.ts';
import type { CallPart, PromptMessage, ProviderOptions, ReasoningPart, ResultPart, TextPart } from './model-object.ts';
import { fromState, type StatePiece } from './state-pieces.ts';

type Assistant = Extract<ModelMessage, { role: 'assistant' }>;
type Result = Extract<ModelMessage, { role: 'tool' }>;
type AssistantPart = TextPart | ReasoningPart | CallPart;

/** A prompt out of messages that are in order. */
export function toPrompt(messages: readonly ModelMessage[]): PromptMessage[] {
  const calls = new CallsById();
  const prompt: PromptMessage[] = [];
  for (const message of messages) {
    const last = prompt.at(-1);
    if (message.role === 'tool' && last?.role === 'tool') last.content.push(calls.resultOf(message));
    else prompt.push(toPromptMessage(message, calls));
  }
  return prompt;
}

function toPromptMessage(message: ModelMessage, calls: CallsById): PromptMessage {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.text };
    case 'user':
      return { role: 'user', content: [{ type: 'text', text: message.text }] };
    case 'assistant':
      return { role: 'assistant', content: toAssistantParts(message, calls) };
    case 'tool':
      return { role: 'tool', content: [calls.resultOf(message)] };
  }
}

/** Calls that have an id of their provider's keep it: a provider that stores its replies knows them by it. */
class CallsById {
  readonly #parts = new Map<string, CallPart>();

  partOf({ id, name, arguments: args }: ModelCall, known?: Extract<StatePiece, { type: 'call' }>): CallPart {
    const part: CallPart = {
      type: 'tool-call',
      toolCallId: known?.id ?? id,
      toolName: name,
      input: toArguments(args),
      ...(known && withOptions(known.options)),
    };
    this.#parts.set(id, part);
    return part;
  }

  resultOf({ callId, text }: Result): ResultPart {
    const { toolCallId = callId, toolName = '' } = this.#parts.get(callId) ?? {};
    return { type: 'tool-result', toolCallId, toolName, output: { type: 'text', value: text } };
  }
}

/** The parts of a message in the order of the reply that it was, where that is known. Calls that the model did not make come last. */
function toAssistantParts({ text, calls, state }: Assistant, byId: CallsById): AssistantPart[] {
  const left = [...calls];
  const parts: AssistantPart[] = [];
  let words: TextPart | undefined = text.trim() === '' ? undefined : { type: 'text', text };
  const say = (options: ProviderOptions = {}): void => {
    if (words) parts.push({ ...words, ...withOptions(options) });
    words = undefined;
  };
  for (const piece of fromState(state)) {
    if (piece.type === 'text') say(piece.options);
    else if (piece.type === 'reasoning')
      parts.push({ type: 'reasoning', text: piece.text, ...withOptions(piece.options) });
    else {
      const [call] = left.splice(indexOf(left, piece.name), 1);
      say();
      if (call) parts.push(byId.partOf(call, piece));
    }
  }
  say();
  return [...parts, ...left.map((call) => byId.partOf(call))];
}

/** Beyond the end, so that nothing is taken, where there is none. */
function indexOf(calls: readonly ModelCall[], name: string): number {
  const at = calls.findIndex((call) => call.name === name);
  return at === -1 ? calls.length : at;
}

function withOptions(options: ProviderOptions): { readonly providerOptions?: ProviderOptions } {
  return Object.keys(options).length > 0 ? { providerOptions: options } : {};
}
