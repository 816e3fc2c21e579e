import { createHash, randomUUID } from 'node:crypto';
import type { ScriptedCall, ScriptedReply } from '../../scripted-reply.ts';
import { inPieces, inWords } from '../tokens.ts';

const STOP_REASONS = { length: 'max_tokens', content_filter: 'refusal' } as const;

/** What the server knows its own thoughts by. */
export function signatureOf(thought: string): string {
  return createHash('sha256').update(thought).digest('base64');
}

/** The events of one reply, a token each; the first ones carry what is before them. */
export function toMessageEvents(model: string, { reply, thinks }: Written, inputTokens: number): readonly string[] {
  const { text = '', calls = [], thought = '' } = reply;
  const blocks = [
    ...(thinks && thought !== '' ? [thoughtBlock(thought)] : []),
    ...(text === '' ? [] : [textBlock(text)]),
    ...calls.map(callBlock),
  ];
  const start = event('message_start', {
    message: {
      ...{ id: `msg_${randomUUID()}`, type: 'message', role: 'assistant', model, content: [] },
      usage: { input_tokens: inputTokens, output_tokens: 1, cache_read_input_tokens: CACHED_TOKENS },
    },
  });
  const [first = '', ...rest] = blocks.flatMap(toBlockEvents);
  return [start + first, ...rest];
}

export interface Written {
  readonly reply: ScriptedReply;
  readonly thinks: boolean;
}

/** Beside `input_tokens`, which do not hold them. */
const CACHED_TOKENS = 5;

export function toMessageEnd({ reply, thinks }: Written, outputTokens: number): string {
  const { calls = [], finishReason, thought = '' } = reply;
  const reason = finishReason === undefined ? (calls.length > 0 ? 'tool_use' : 'end_turn') : STOP_REASONS[finishReason];
  const usage = {
    output_tokens: outputTokens,
    output_tokens_details: { thinking_tokens: thinks ? inWords(thought).length : 0 },
  };
  return (
    event('message_delta', { delta: { stop_reason: reason, stop_sequence: null }, usage }) + event('message_stop', {})
  );
}

export function toMessageError(type: string, message: string): string {
  return event('error', { error: { type, message } });
}

interface Block {
  readonly start: object;
  readonly deltas: readonly object[];
}

function thoughtBlock(thought: string): Block {
  const deltas = inWords(thought).map((thinking) => ({ type: 'thinking_delta', thinking }));
  const signature = { type: 'signature_delta', signature: signatureOf(thought) };
  return { start: { type: 'thinking', thinking: '', signature: '' }, deltas: [...deltas, signature] };
}

function textBlock(text: string): Block {
  return {
    start: { type: 'text', text: '' },
    deltas: inWords(text).map((word) => ({ type: 'text_delta', text: word })),
  };
}

function callBlock({ name, arguments: args }: ScriptedCall): Block {
  const id = `toolu_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
  const deltas = inPieces(args).map((piece) => ({ type: 'input_json_delta', partial_json: piece }));
  return { start: { type: 'tool_use', id, name, input: {} }, deltas };
}

function toBlockEvents({ start, deltas }: Block, index: number): string[] {
  const begin = event('content_block_start', { index, content_block: start });
  const written = deltas.map((delta) => event('content_block_delta', { index, delta }));
  const [first = '', ...rest] = written;
  const all = [begin + first, ...rest];
  return [...all.slice(0, -1), all.at(-1) + event('content_block_stop', { index })];
}

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}
