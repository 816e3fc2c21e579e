import type { ModelChunk } from '../model.ts';
import { toTokenCounts } from '../token-counts.ts';
import type { ProviderOptions } from './model-object.ts';
import { type StatePiece, toStates } from './state-pieces.ts';

type Fields = Readonly<Record<string, unknown>>;

/** How a reply ended. `failed`: the server reported an error in it. */
export type ReplyEnd = 'finished' | 'withheld' | 'failed' | 'cut_short';

interface Block {
  text: string;
  options: ProviderOptions;
}

interface WrittenCall {
  readonly index: number;
  /** So much of its arguments came in pieces. */
  written: string;
  /** Its pieces are JSON text. Others come whole. */
  readonly isJson: boolean;
}

const THOUGHT: readonly ModelChunk[] = [{ type: 'thought' }];

/**
 * Makes the pieces of a reply of the parts of an AI SDK stream. Pure: no clock, no connection.
 *
 * 1. A call's arguments are passed on as they are written. Where they come whole only, or go on in the whole call, the rest is.
 * 2. What the provider says of thoughts, words and calls is state, in their order, once the reply is complete.
 * 3. Calls that the provider has run itself, its sources and files, are nothing for the caller, and no calls of ours.
 */
export class ReplyReader {
  readonly #calls = new Map<string, WrittenCall>();
  readonly #blocks = new Map<string, Block>();
  readonly #pieces: StatePiece[] = [];
  readonly #isContinued: boolean;
  /** The words go on after a space, which a provider may have cut off its prompt. */
  #isAfterSpace: boolean;
  #reason: string | undefined;

  /** `said`: with which the reply had begun before, and which is not in it. */
  constructor(said?: string) {
    this.#isContinued = said !== undefined;
    this.#isAfterSpace = said !== undefined && /\s$/.test(said);
  }

  get end(): ReplyEnd {
    if (this.#reason === undefined || this.#reason === 'interrupted') return 'cut_short';
    if (this.#reason === 'content-filter') return 'withheld';
    return this.#reason === 'error' ? 'failed' : 'finished';
  }

  /** Throws what the stream holds as an error in place of its next part. */
  take(part: unknown): readonly ModelChunk[] {
    if (!isFields(part)) return [];
    const { type } = part;
    if (type === 'error') throw part.error;
    if (type === 'finish') return this.#finish(part);
    if (type === 'ping' || part.providerExecuted === true) return THOUGHT;
    if (typeof type !== 'string') return [];
    if (type.startsWith('text-')) return this.#text(part);
    return type.startsWith('reasoning-') ? this.#thought(part) : this.#call(part);
  }

  #text(part: Fields): readonly ModelChunk[] {
    const { options } = this.#block('text', part);
    // What the provider knows of words that are half of a message does not fit the whole.
    if (part.type === 'text-end') this.#pieces.push({ type: 'text', options: this.#isContinued ? {} : options });
    const written = textOf(part.delta);
    const text = this.#isAfterSpace ? written.trimStart() : written;
    if (text === '') return [];
    this.#isAfterSpace = false;
    return [{ type: 'text', text }];
  }

  #thought(part: Fields): readonly ModelChunk[] {
    const block = this.#block('reasoning', part);
    block.text += textOf(part.delta);
    if (part.type === 'reasoning-end') this.#pieces.push({ type: 'reasoning', ...block });
    return THOUGHT;
  }

  /** What is known of the block that a part belongs to, with this part. */
  #block(kind: 'text' | 'reasoning', { id, providerMetadata }: Fields): Block {
    const key = `${kind} ${String(id)}`;
    const block = this.#blocks.get(key) ?? { text: '', options: {} };
    this.#blocks.set(key, block);
    block.options = merged(block.options, providerMetadata);
    return block;
  }

  #call(part: Fields): readonly ModelChunk[] {
    switch (part.type) {
      case 'tool-input-start':
        return this.#beginCall(textOf(part.id), part);
      case 'tool-input-delta':
        return this.#goOn(textOf(part.id), textOf(part.delta));
      case 'tool-call':
        return this.#endCall(textOf(part.toolCallId), part);
      default:
        return [];
    }
  }

  #beginCall(id: string, { toolName, inputEncoding }: Fields): readonly ModelChunk[] {
    if (this.#calls.has(id)) return [];
    const index = this.#calls.size;
    this.#calls.set(id, { index, written: '', isJson: inputEncoding !== 'text' });
    return [{ type: 'call', index, id, name: textOf(toolName), arguments: '' }];
  }

  #goOn(id: string, text: string): readonly ModelChunk[] {
    const call = this.#calls.get(id);
    if (!call?.isJson || text === '') return [];
    call.written += text;
    return [{ type: 'call', index: call.index, arguments: text }];
  }

  #endCall(id: string, { input, ...part }: Fields): readonly ModelChunk[] {
    const begun = this.#beginCall(id, part);
    const { index = 0, written = '' } = this.#calls.get(id) ?? {};
    const whole = typeof input === 'string' ? input : JSON.stringify(input ?? {});
    const rest = whole.startsWith(written) ? whole.slice(written.length) : '';
    this.#pieces.push({
      ...{ type: 'call', id, name: textOf(part.toolName) },
      options: merged({}, part.providerMetadata),
    });
    return rest === '' ? begun : [...begun, { type: 'call', index, arguments: rest }];
  }

  #finish({ finishReason, usage }: Fields): readonly ModelChunk[] {
    const reason = isFields(finishReason) ? finishReason.unified : finishReason;
    this.#reason = typeof reason === 'string' ? reason : 'other';
    return [...toStates(this.#pieces), ...toUsage(usage)];
  }
}

function toUsage(usage: unknown): readonly ModelChunk[] {
  if (!isFields(usage)) return [];
  const [input, output] = [usage.inputTokens, usage.outputTokens].map((of) => (isFields(of) ? of : {}));
  const tokens = toTokenCounts({
    inputTokens: input?.total,
    cachedInputTokens: input?.cacheRead,
    outputTokens: output?.total,
    reasoningTokens: output?.reasoning,
  });
  return Object.keys(tokens).length > 0 ? [{ type: 'usage', tokens }] : [];
}

/** By the name of the provider: later fields count. */
function merged(options: ProviderOptions, metadata: unknown): ProviderOptions {
  if (!isFields(metadata)) return options;
  const more = Object.entries(metadata as ProviderOptions).map(([name, fields]) => [
    name,
    { ...options[name], ...fields },
  ]);
  return { ...options, ...(Object.fromEntries(more) as ProviderOptions) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
