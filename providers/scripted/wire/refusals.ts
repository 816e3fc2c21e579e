import type { ChatMessage, ChatRequest } from './chat-request.ts';
import type { RequestFault } from './check-chat-request.ts';

/**
 * What a server refuses that others take. `other_ids`: ids of calls that are not nine letters and digits. `order`: messages
 * that are not system, user and assistant in turn, and anything but the model's words or another result after a result.
 * `half_characters`: text with half a surrogate pair. `bad_arguments`: arguments of earlier calls that are no JSON object. An
 * object: this parameter, messages with these words, or messages with more characters.
 */
export type Refusal =
  | 'other_ids'
  | 'order'
  | 'half_characters'
  | 'bad_arguments'
  | { readonly words: string }
  | { readonly maxCharacters: number }
  | { readonly parameter: 'temperature' | 'reasoning_effort' | 'max_completion_tokens' | 'stream_options' };

export function findRefusal(request: ChatRequest, refusals: readonly Refusal[]): RequestFault | undefined {
  for (const refusal of refusals) {
    const fault = typeof refusal === 'string' ? checks[refusal](request) : findPart(request, refusal);
    if (fault) return fault;
  }
  return undefined;
}

function findPart(request: ChatRequest, refusal: Exclude<Refusal, string>): RequestFault | undefined {
  if ('words' in refusal) {
    const isSaid = request.messages.some(({ content }) => content?.includes(refusal.words));
    return isSaid ? messagesFault('The content filter has refused the messages.') : undefined;
  }
  if ('maxCharacters' in refusal) {
    const length = request.messages.reduce((sum, { content }) => sum + (content?.length ?? 0), 0);
    const isTooLong = length > refusal.maxCharacters;
    return isTooLong ? messagesFault(`This model's maximum context length is ${refusal.maxCharacters}.`) : undefined;
  }
  const { parameter: param } = refusal;
  return param in request ? { param, message: `Unsupported parameter: '${param}'.` } : undefined;
}

const messagesFault = (message: string): RequestFault => ({ param: 'messages', message });

const checks: Record<Extract<Refusal, string>, (request: ChatRequest) => RequestFault | undefined> = {
  other_ids: ({ messages }) => {
    const ids = messages.flatMap(({ tool_calls: calls = [] }) => calls.map(({ id }) => id));
    return ids.every((id) => /^[a-zA-Z0-9]{9}$/.test(id))
      ? undefined
      : messagesFault('Ids have nine letters and digits.');
  },
  order: ({ messages }) => {
    const at = messages.findIndex((message, index) => !mayFollow(message, messages[index - 1]));
    return at === -1 ? undefined : messagesFault(`Message ${at} has a role that cannot stand there.`);
  },
  half_characters: ({ messages }) => {
    // As a server sees it that reads the JSON in the body, and the JSON in that.
    const texts = messages.flatMap(({ content, tool_calls: calls = [] }) => [
      content ?? '',
      ...calls.map((call) => call.function.arguments),
    ]);
    const isWhole = (text: string): boolean => text.isWellFormed() && !/\\ud[89a-f]/i.test(text);
    return texts.every(isWhole) ? undefined : messagesFault('The text is not UTF-8.');
  },
  bad_arguments: ({ messages }) => {
    const all = messages.flatMap(({ tool_calls: calls = [] }) => calls.map((call) => call.function.arguments));
    return all.every((text) => text.startsWith('{')) ? undefined : messagesFault('The arguments are not an object.');
  },
};

const BEFORE: Record<ChatMessage['role'], readonly (ChatMessage['role'] | undefined)[]> = {
  system: [undefined],
  user: [undefined, 'system', 'assistant'],
  assistant: ['user', 'tool'],
  tool: ['assistant', 'tool'],
};

function mayFollow({ role }: ChatMessage, before: ChatMessage | undefined): boolean {
  return BEFORE[role].includes(before?.role);
}
