import type { ModelChunk } from '../model.ts';
import { toTokenCounts } from '../token-counts.ts';

/** How a reply ended. `failed`: the server reported an error in it. */
export type ReplyEnd = 'finished' | 'withheld' | 'failed' | 'cut_short';

type Fields = Readonly<Record<string, unknown>>;

/** What servers write where a reply goes on. */
const NO_REASON: readonly unknown[] = ['', 'null', 'None'];
const WITHHELD = /^(?:content_filter|sensitive)/;
const FAILED = /error|insufficient/;

/**
 * Makes the pieces of a reply of the payloads of its stream, as far as servers that speak this wire can be relied on to fill
 * them in. Pure: no clock, no connection.
 *
 * 1. The first reason that says something is the reply's; `''` in every payload is none, before and after it.
 * 2. A piece of a call without an index belongs to the call of the piece before it.
 * 3. Only parts that are meant for the caller are text. Thoughts are told of, and not shown.
 * 4. What the reply came to may be said in every payload, or in one without a piece, after the reason: the last time counts.
 * 5. A whole message counts only where no piece of it has come: some servers repeat the reply at its end.
 */
export class ReplyParser {
  #reason: string | undefined;
  #hasFailed = false;
  #isBegun = false;
  #isDone = false;
  #lastIndex = 0;

  /** The server has said that the reply is complete; what may still come adds to it. */
  get isFinished(): boolean {
    return this.#reason !== undefined;
  }

  /** Takes a payload. Throws SyntaxError where it is not JSON and the reply is not finished. */
  take(payload: string): readonly ModelChunk[] {
    if (payload.trim() === '') return [];
    const chunk = this.#parse(payload);
    if (!isFields(chunk)) return [];
    if (isError(chunk)) this.#hasFailed ||= !this.isFinished;
    return [...this.#choiceIn(chunk), ...usageIn(chunk)];
  }

  #choiceIn({ choices }: Fields): readonly ModelChunk[] {
    const [choice] = listOf(choices).filter(isFields);
    if (!choice) return [];
    const { delta, message, finish_reason: reason } = choice;
    const pieces = isFields(delta) ? delta : this.#isBegun ? undefined : message;
    const chunks = isFields(pieces) ? [...wordsIn(pieces), ...this.#callsIn(pieces)] : [];
    this.#isBegun ||= chunks.some(({ type }) => type !== 'thought');
    if (isReason(reason)) this.#reason ??= reason;
    return chunks;
  }

  /** The stream has said that it is over. */
  finish(): void {
    this.#isDone = true;
  }

  /** How the reply ended, once its stream has. One that has begun needs no reason where the stream itself says that it is over. */
  get end(): ReplyEnd {
    if (this.#hasFailed) return 'failed';
    if (this.#reason === undefined) return this.#isDone && this.#isBegun ? 'finished' : 'cut_short';
    if (WITHHELD.test(this.#reason)) return 'withheld';
    return FAILED.test(this.#reason) ? 'failed' : 'finished';
  }

  #parse(payload: string): unknown {
    try {
      return JSON.parse(payload);
    } catch (error) {
      if (this.isFinished) return undefined; // it was all there
      throw error;
    }
  }

  #callsIn({ tool_calls: calls, function_call: single }: Fields): ModelChunk[] {
    const pieces = [...listOf(calls), ...(isFields(single) ? [{ index: 0, function: single }] : [])];
    return pieces.filter(isFields).map((piece) => this.#toCall(piece));
  }

  #toCall({ index, id, function: called }: Fields): ModelChunk {
    const { name, arguments: args } = isFields(called) ? called : {};
    if (typeof index === 'number') this.#lastIndex = index;
    return {
      type: 'call',
      index: this.#lastIndex,
      ...(isWord(id) && { id }),
      ...(isWord(name) && { name }),
      arguments: typeof args === 'string' ? args : isFields(args) ? JSON.stringify(args) : '',
    };
  }
}

/** Some servers give it in a field of their own: `x_groq`. */
function usageIn({ usage, x_groq: own }: Fields): ModelChunk[] {
  const counted = isFields(usage) ? usage : isFields(own) ? own.usage : undefined;
  if (!isFields(counted)) return [];
  const sent = fieldsOf(counted.prompt_tokens_details);
  const tokens = toTokenCounts({
    inputTokens: counted.prompt_tokens,
    cachedInputTokens: sent.cached_tokens ?? counted.prompt_cache_hit_tokens ?? counted.cached_tokens,
    outputTokens: counted.completion_tokens,
    reasoningTokens: fieldsOf(counted.completion_tokens_details).reasoning_tokens,
  });
  return Object.keys(tokens).length > 0 ? [{ type: 'usage', tokens }] : [];
}

function isReason(value: unknown): value is string {
  return typeof value === 'string' && !NO_REASON.includes(value);
}

function wordsIn({ content, refusal, ...rest }: Fields): ModelChunk[] {
  const parts = listOf(content ?? refusal);
  const texts = parts.map(textIn).filter((text) => text !== '');
  const hasThoughts = parts.some(isThought) || isWord(rest.reasoning_content) || isWord(rest.reasoning);
  const thoughts: ModelChunk[] = hasThoughts || listOf(rest.reasoning_details).length > 0 ? [{ type: 'thought' }] : [];
  return [...thoughts, ...texts.map((text) => ({ type: 'text' as const, text }))];
}

/** What a part of the content says to the caller. */
function textIn(part: unknown): string {
  if (typeof part === 'string') return part;
  if (!isFields(part)) return '';
  const { type = 'text', text, refusal } = part;
  const isSaid = type === 'text' || type === 'output_text';
  const words = isSaid ? text : type === 'refusal' ? refusal : undefined;
  return typeof words === 'string' ? words : '';
}

function isThought(part: unknown): boolean {
  return isFields(part) && typeof part.type === 'string' && /think|reason|thought/.test(part.type);
}

/** An error where the reply's next piece was to be, in one of the forms that servers give it. */
function isError({ error, object, choices, message }: Fields): boolean {
  return Boolean(error) || object === 'error' || (choices === undefined && isWord(message));
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  return value === undefined || value === null ? [] : [value];
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
