import type { ChatMessage, ChatRequest } from '../chat-request.ts';

/** The body of `POST /v1/responses`, as far as the scripted server reads it. */
export interface ResponsesRequest {
  readonly model: string;
  readonly input: readonly InputItem[];
  readonly stream?: boolean;
  /** Default true: the server keeps what it wrote, and takes it back by its id. */
  readonly store?: boolean;
  readonly tools?: readonly { readonly type: string; readonly name: string; readonly strict?: boolean }[];
  readonly tool_choice?: string | { readonly type: string; readonly name: string };
  readonly reasoning?: { readonly effort?: string };
  readonly max_output_tokens?: number;
}

export type InputItem =
  | {
      readonly type?: 'message';
      readonly role: 'system' | 'developer' | 'user' | 'assistant';
      readonly content: Content;
    }
  | CallItem
  | { readonly type: 'function_call_output'; readonly call_id: string; readonly output: unknown }
  | { readonly type: 'reasoning'; readonly id?: string; readonly encrypted_content?: string | null }
  | { readonly type: 'item_reference'; readonly id: string };

export interface CallItem {
  readonly type: 'function_call';
  readonly call_id: string;
  readonly name: string;
  readonly arguments: string;
}

type Content = string | readonly { readonly text?: string }[];

/** What the server has written, by id. */
export type StoredItems = Map<string, { readonly type: 'message' | 'reasoning'; readonly text: string }>;

/** The same request on the other wire, for rules and views that are written for that one. */
export function toChatRequest(
  { model, input, tools = [], tool_choice: choice }: ResponsesRequest,
  stored: StoredItems,
): ChatRequest {
  const messages: ChatMessage[] = [];
  for (const item of input) add(messages, item, stored);
  return {
    model,
    messages,
    ...(tools.length > 0 && { tools: tools.map(({ name }) => ({ type: 'function', function: { name } })) }),
    ...(choice === 'none' && { tool_choice: 'none' }),
  };
}

function add(messages: ChatMessage[], item: InputItem, stored: StoredItems): void {
  if (item.type === 'function_call_output')
    messages.push({ role: 'tool', tool_call_id: item.call_id, content: String(item.output) });
  else if (item.type === 'function_call') addCall(messages, item);
  else if (item.type === 'item_reference') {
    const written = stored.get(item.id);
    if (written?.type === 'message') messages.push({ role: 'assistant', content: written.text });
  } else if (item.type !== 'reasoning') {
    const { role, content } = item;
    messages.push({ role: role === 'developer' ? 'system' : role, content: textOf(content) });
  }
}

function addCall(messages: ChatMessage[], { call_id: id, name, arguments: args }: CallItem): void {
  const call = { id, type: 'function', function: { name, arguments: args } } as const;
  const last = messages.at(-1);
  if (last?.role === 'assistant') messages.splice(-1, 1, { ...last, tool_calls: [...(last.tool_calls ?? []), call] });
  else messages.push({ role: 'assistant', content: '', tool_calls: [call] });
}

function textOf(content: Content): string {
  return typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('');
}
