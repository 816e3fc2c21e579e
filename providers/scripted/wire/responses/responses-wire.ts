import { randomUUID } from 'node:crypto';
import type { ScriptedReply } from '../../scripted-reply.ts';
import { inPieces, inWords } from '../tokens.ts';
import type { StoredItems } from './responses-request.ts';

const SEAL = 'sealed:';

/** A thought as only the server can read it. */
export function seal(thought: string): string {
  return Buffer.from(SEAL + thought).toString('base64');
}

export function unseal(sealed: string): string | undefined {
  const text = Buffer.from(sealed, 'base64').toString();
  return text.startsWith(SEAL) ? text.slice(SEAL.length) : undefined;
}

/** Writes the events of one reply. */
export class ResponseEvents {
  readonly #response: { readonly id: string; readonly created_at: number; readonly model: string };
  readonly #stored: StoredItems | undefined;
  #sequence = 0;
  #outputs = 0;

  /** `stored`: where the server keeps what it writes, if it may. */
  constructor(model: string, stored: StoredItems | undefined) {
    this.#response = { id: newId('resp'), created_at: Math.floor(Date.now() / 1_000), model };
    this.#stored = stored;
  }

  /** A token each; the first one carries what is before it. */
  reply({ text = '', calls = [], thought }: ScriptedReply): readonly string[] {
    const [first = '', ...rest] = [
      ...(thought === undefined ? [] : this.#thought(thought)),
      ...(text === '' ? [] : this.#message(text)),
      ...calls.flatMap(({ name, arguments: args }) => this.#call(name, inPieces(args))),
    ];
    return [this.#event('response.created', { response: this.#response }) + first, ...rest];
  }

  end({ finishReason, thought = '' }: ScriptedReply, inputTokens: number, outputTokens: number): string {
    const usage = {
      ...{ input_tokens: inputTokens, output_tokens: outputTokens, total_tokens: inputTokens + outputTokens },
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: inWords(thought).length },
    };
    if (finishReason === undefined)
      return this.#event('response.completed', { response: { ...this.#response, usage } });
    const reason = finishReason === 'length' ? 'max_output_tokens' : finishReason;
    return this.#event('response.incomplete', {
      response: { ...this.#response, usage, incomplete_details: { reason } },
    });
  }

  error(code: string, message: string): string {
    return this.#event('error', { code, message, param: null });
  }

  #thought(thought: string): string[] {
    const item = { type: 'reasoning', id: newId('rs'), summary: [], encrypted_content: seal(thought) };
    this.#stored?.set(item.id, { type: 'reasoning', text: thought });
    const output_index = this.#outputs++;
    const of = { item_id: item.id, output_index, summary_index: 0 };
    const begin =
      this.#event('response.output_item.added', { output_index, item: { ...item, encrypted_content: null } }) +
      this.#event('response.reasoning_summary_part.added', { ...of, part: { type: 'summary_text', text: '' } });
    const words = inWords(thought).map((delta) =>
      this.#event('response.reasoning_summary_text.delta', { ...of, delta }),
    );
    return around(begin, words, this.#event('response.output_item.done', { output_index, item }));
  }

  #message(text: string): string[] {
    const item = { type: 'message', id: newId('msg'), role: 'assistant', content: [] };
    this.#stored?.set(item.id, { type: 'message', text });
    const output_index = this.#outputs++;
    const words = inWords(text).map((delta) =>
      this.#event('response.output_text.delta', { item_id: item.id, output_index, content_index: 0, delta }),
    );
    const begin = this.#event('response.output_item.added', { output_index, item });
    return around(begin, words, this.#event('response.output_item.done', { output_index, item }));
  }

  #call(name: string, pieces: readonly string[]): string[] {
    const call = { type: 'function_call', id: newId('fc'), call_id: newId('call'), name };
    const output_index = this.#outputs++;
    const written = pieces.map((delta) =>
      this.#event('response.function_call_arguments.delta', { item_id: call.id, output_index, delta }),
    );
    const begin = this.#event('response.output_item.added', { output_index, item: { ...call, arguments: '' } });
    const item = { ...call, arguments: pieces.join(''), status: 'completed' };
    return around(begin, written, this.#event('response.output_item.done', { output_index, item }));
  }

  #event(type: string, fields: object): string {
    const event = { type, sequence_number: this.#sequence++, ...fields };
    return `event: ${type}\ndata: ${JSON.stringify(event)}\n\n`;
  }
}

/** The first token carries the item's beginning, the last one its end. */
function around(begin: string, tokens: readonly string[], end: string): string[] {
  if (tokens.length === 0) return [begin + end];
  return tokens.map((token, at) => (at === 0 ? begin : '') + token + (at === tokens.length - 1 ? end : ''));
}

function newId(of: string): string {
  return `${of}_${randomUUID().replaceAll('-', '')}`;
}
