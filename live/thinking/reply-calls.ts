import type { ModelChunk } from '../../providers/model.ts';
import { MAX_CALLS_PER_ROUND } from '../../turn/turn-state.ts';
import { ObjectScanner } from './object-scanner.ts';

/** A reply ends where its calls have more than this together: names and arguments, in characters. */
export const MAX_CALLS_CHARS = 64 * 1024;
/** A reply ends where it asks for more calls than this; those beyond the calls of a round are refused. */
const MAX_CALLS_PER_REPLY = 2 * MAX_CALLS_PER_ROUND;

export interface ReplyCall {
  readonly name: string;
  /** JSON text as the model wrote it. */
  readonly arguments: string;
  /** It went on beyond what a reply may have, and is not all here. */
  readonly isTooLong?: true;
}

export type CallPiece = Extract<ModelChunk, { type: 'call' }>;

/** What a piece has made of its call: `whole`, name and arguments are all there; `spoilt`, they were, and go on. */
export interface TakenPiece {
  /** Of the call among the calls of the reply, from 0, by order of appearance. */
  readonly place: number;
  readonly change: 'whole' | 'spoilt' | undefined;
}

/**
 * Puts the calls of one reply together out of their pieces.
 *
 * 1. A call's place is its order of appearance, whatever index the wire gives it.
 * 2. A piece belongs to the call that was begun last under its index. One with another id begins another call there, and
 *    so does, where there are no ids, one with a name once the call is whole: some wires number all calls alike.
 * 3. Work and memory grow with the text, however small its pieces are, and end at a limit.
 */
export class ReplyCalls {
  readonly #maxChars: number;
  readonly #calls: WrittenCall[] = [];
  readonly #latest = new Map<number, number>();
  #chars = 0;
  #isFull = false;

  constructor(maxChars = MAX_CALLS_CHARS) {
    this.#maxChars = maxChars;
  }

  get all(): readonly ReplyCall[] {
    return this.#calls.map((call) => call.toCall());
  }

  get size(): number {
    return this.#calls.length;
  }

  /** The reply has asked for more than a reply may. */
  get isFull(): boolean {
    return this.#isFull;
  }

  at(place: number): ReplyCall | undefined {
    return this.#calls[place]?.toCall();
  }

  /** Undefined where the reply has no room for the call that the piece begins. */
  take(piece: CallPiece): TakenPiece | undefined {
    const place = this.#placeOf(piece);
    const call = this.#calls[place];
    this.#chars += (piece.name?.length ?? 0) + piece.arguments.length;
    this.#isFull ||= !call || this.#chars > this.#maxChars;
    if (!call) return undefined;
    return { place, change: this.#isFull ? call.overflow(piece) : call.take(piece) };
  }

  #placeOf(piece: CallPiece): number {
    const latest = this.#latest.get(piece.index);
    if (latest !== undefined && !this.#calls[latest]?.isFollowedBy(piece)) return latest;
    const place = this.#calls.length;
    if (place < MAX_CALLS_PER_REPLY) this.#calls.push(new WrittenCall());
    this.#latest.set(piece.index, place);
    return place;
  }
}

class WrittenCall {
  readonly #scanner = new ObjectScanner();
  readonly #pieces: string[] = [];
  #id: string | undefined;
  #name = '';
  #state: 'open' | 'whole' | 'spoilt' | 'too_long' = 'open';

  /** Whether a piece begins another call, though it has the same index. */
  isFollowedBy({ id, name = '', arguments: text }: CallPiece): boolean {
    if (this.#id !== undefined) return id !== undefined && id !== this.#id;
    return this.#state === 'whole' && name !== '' && (name !== this.#name || text.trim() !== '');
  }

  take({ id, name = '', arguments: text }: CallPiece): TakenPiece['change'] {
    this.#id ??= id;
    // Some wires repeat the name with each piece, others split it as well.
    const isRenamed = name !== '' && name !== this.#name;
    if (isRenamed) this.#name += name;
    if (isRenamed && this.#state === 'whole') return this.#spoil();
    if (this.#scanner.hasEnded && text.trim() === '') return this.#complete();
    this.#pieces.push(text);
    this.#scanner.push(text);
    return this.#scanner.hasEnded ? this.#complete() : this.#spoil();
  }

  overflow({ arguments: text }: CallPiece): TakenPiece['change'] {
    if (this.#state === 'whole' && text.trim() === '') return undefined;
    const change = this.#spoil();
    this.#state = 'too_long';
    return change;
  }

  toCall(): ReplyCall {
    const isTooLong = this.#state === 'too_long';
    return { name: this.#name, arguments: this.#pieces.join(''), ...(isTooLong && { isTooLong }) };
  }

  #complete(): TakenPiece['change'] {
    if (this.#state !== 'open' || this.#name === '') return undefined;
    // Looked at once: what is no JSON now will not become it.
    this.#state = isJson(this.#pieces.join('')) ? 'whole' : 'spoilt';
    return this.#state === 'whole' ? 'whole' : undefined;
  }

  #spoil(): TakenPiece['change'] {
    if (this.#state !== 'whole') return undefined;
    this.#state = 'spoilt';
    return 'spoilt';
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // braces and quotes fit, the rest does not
  }
}
