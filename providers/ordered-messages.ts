import type { ModelMessage } from './model.ts';

type Assistant = Extract<ModelMessage, { role: 'assistant' }>;

/** Asks for the rest of a reply; as the caller's message, since many servers take instructions at the beginning only. */
export const GO_ON =
  '[The line broke while you were speaking. The caller heard your last message; continue exactly where it ends, and do not repeat any of it.]';
/** Stands where the caller has said nothing yet. */
const BEFORE_WORDS = '[The caller is on the line.]';
/** Stands where the caller spoke before the model had said a word about the results of its calls. */
const NOTHING_SAID = '…';

/**
 * Messages in an order that all providers take, however strict: one system message, and that first; then the caller and the
 * model in turn, the caller first; after results of calls the model; text of whole characters. `said` comes last, as the model's.
 */
export function inOrder(messages: readonly ModelMessage[], said?: string): readonly ModelMessage[] {
  const system = messages.flatMap((message) => (message.role === 'system' ? [message.text] : []));
  const ordered: ModelMessage[] = [];
  if (system.length > 0) ordered.push({ role: 'system', text: system.join('\n\n').toWellFormed() });
  for (const message of messages) add(ordered, message);
  if (said !== undefined) addAssistant(ordered, { role: 'assistant', text: said.toWellFormed(), calls: [] });
  return ordered;
}

/** The same, and after what was said a request to go on from there. */
export function askedToGoOn(messages: readonly ModelMessage[], said: string | undefined): readonly ModelMessage[] {
  const ordered = inOrder(messages, said);
  return said === undefined ? ordered : [...ordered, { role: 'user', text: GO_ON }];
}

/** Providers parse the arguments of earlier calls; what the model got wrong in them stands in the call's result. */
export function toArguments(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {}; // the call was refused for that
  }
}

function add(ordered: ModelMessage[], message: ModelMessage): void {
  switch (message.role) {
    case 'system':
      return;
    case 'user':
      return addUser(ordered, message.text.toWellFormed());
    case 'assistant':
      return addAssistant(ordered, { ...message, text: message.text.toWellFormed() });
    case 'tool':
      ordered.push({ ...message, text: message.text.toWellFormed() });
  }
}

function addUser(ordered: ModelMessage[], text: string): void {
  const last = ordered.at(-1);
  if (last?.role === 'user') ordered.splice(-1, 1, { role: 'user', text: `${last.text}\n${text}` });
  else {
    if (last?.role === 'tool') ordered.push({ role: 'assistant', text: NOTHING_SAID, calls: [] });
    ordered.push({ role: 'user', text });
  }
}

function addAssistant(ordered: ModelMessage[], message: Assistant): void {
  const last = ordered.at(-1);
  if (last === undefined || last.role === 'system') ordered.push({ role: 'user', text: BEFORE_WORDS });
  if (last?.role !== 'assistant' || last.calls.length > 0) ordered.push(message);
  else ordered.splice(-1, 1, { ...last, ...message, text: joined(last.text, message.text) });
}

function joined(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(' ');
}
