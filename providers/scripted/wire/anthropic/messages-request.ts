import type { ChatMessage, ChatRequest } from '../chat-request.ts';

/** The body of `POST /v1/messages`, as far as the scripted server reads it. */
export interface MessagesRequest {
  readonly model: string;
  readonly max_tokens: number;
  readonly messages: readonly ClaudeMessage[];
  readonly system?: string | readonly { readonly text: string }[];
  readonly stream?: boolean;
  readonly tools?: readonly ClaudeTool[];
  readonly tool_choice?: { readonly type: 'auto' | 'any' | 'none' | 'tool'; readonly name?: string };
  readonly thinking?: { readonly type: string };
  readonly temperature?: number;
}

export interface ClaudeMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string | readonly ClaudeBlock[];
}

export type ClaudeBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown }
  | { readonly type: 'tool_result'; readonly tool_use_id: string; readonly content: unknown };

export interface ClaudeTool {
  readonly name: string;
  readonly description?: string;
  readonly input_schema: { readonly properties?: object };
}

export function blocksOf({ content }: ClaudeMessage): readonly ClaudeBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** Whether the model may think before it answers. */
export function mayThink({ thinking }: Pick<MessagesRequest, 'thinking'>): boolean {
  return thinking !== undefined && thinking.type !== 'disabled';
}

/** The same request on the other wire, for rules and views that are written for that one. */
export function toChatRequest(request: MessagesRequest): ChatRequest {
  const { model, system, tools = [], tool_choice: choice } = request;
  const instructions = typeof system === 'string' ? system : (system ?? []).map(({ text }) => text).join('\n\n');
  return {
    model,
    messages: [
      ...(instructions === '' ? [] : [{ role: 'system', content: instructions } as const]),
      ...request.messages.flatMap(toChatMessages),
    ],
    ...(tools.length > 0 && { tools: tools.map(({ name }) => ({ type: 'function', function: { name } })) }),
    ...(choice?.type === 'none' && { tool_choice: 'none' }),
  };
}

function toChatMessages(message: ClaudeMessage): readonly ChatMessage[] {
  const blocks = blocksOf(message);
  const text = blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
  const results = blocks.flatMap((block): ChatMessage[] =>
    block.type === 'tool_result'
      ? [{ role: 'tool', tool_call_id: block.tool_use_id, content: textOf(block.content) }]
      : [],
  );
  if (message.role === 'user') return [...results, ...(text === '' ? [] : [{ role: 'user', content: text } as const])];
  const calls = blocks.flatMap((block) =>
    block.type === 'tool_use'
      ? [
          {
            id: block.id,
            type: 'function' as const,
            function: { name: block.name, arguments: JSON.stringify(block.input) },
          },
        ]
      : [],
  );
  return [{ role: 'assistant', content: text, ...(calls.length > 0 && { tool_calls: calls }) }];
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return (content as readonly { readonly text?: string }[]).map(({ text = '' }) => text).join('');
}
