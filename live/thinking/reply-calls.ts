import type { ModelChunk } from '../../providers/model.ts';
import { MAX_CALLS_PER_ROUND } from '../../turn/turn-state.ts';
import { ObjectScanner } from './object-scanner.ts';

/** A reply ends where its calls have more than this together: names and arguments, in characters. */
export const MAX_CALLS_CHARS = 64 * 1024;
/** A reply ends where it asks for more calls than this; those beyond the calls of a round are refused. */
const MAX_CALLS_PER_REPLY = 2 * MAX_CALLS_PER_ROUND;

/** Where a call that is written as text names its tool, in one of the forms that models know. */
const NAME_IN_TEXT = /<function=["']?([\w-]+)|<invoke name=["']?([\w-]+)|"name"\s*:\s*"([\w-]+)"/i;

export interface ReplyCall {
  readonly name: string;
  /** JSON text as the model wrote it. */
  readonly arguments: string;
  /** It went on beyond what a reply may have, and is not all here. */
  readonly isTooLong?: true;
  /** It stood in the words of the reply; its arguments are that text. */
  readonly isText?: true;
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
 * 3. Arguments that are there twice, or empty before the real ones, are those of one call.
 * 4. Work and memory grow with the text, however small its pieces are, and end at a limit.
 */
export class ReplyCalls {
  readonly #maxChars: number;
  readonly #calls: { readonly toCall: () => ReplyCall }[] = [];
  /** By place: those that come in pieces. */
  readonly #written = new Map<number, WrittenCall>();
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
    const call = this.#written.get(place);
    this.#chars += (piece.name?.length ?? 0) + piece.arguments.length;
    this.#isFull ||= !call || this.#chars > this.#maxChars;
    if (!call) return undefined;
    return { place, change: this.#isFull ? call.overflow(piece) : call.take(piece) };
  }

  /** A call that the model wrote as text. */
  takeText(text: string): void {
    this.#chars += text.length;
    this.#isFull ||= this.#chars > this.#maxChars || this.#calls.length === MAX_CALLS_PER_REPLY;
    const call = {
      name: NAME_IN_TEXT.exec(text)?.slice(1).find(Boolean) ?? '',
      arguments: text,
      isText: true,
    } as const;
    if (!this.#isFull) this.#calls.push({ toCall: () => call });
  }

  #placeOf(piece: CallPiece): number {
    const latest = this.#latest.get(piece.index);
    if (latest !== undefined && !this.#written.get(latest)?.isFollowedBy(piece)) return latest;
    const place = this.#calls.length;
    if (place < MAX_CALLS_PER_REPLY) {
      const call = new WrittenCall();
      this.#calls.push(call);
      this.#written.set(place, call);
    }
    this.#latest.set(piece.index, place);
    return place;
  }
}

class WrittenCall {
  readonly #arguments = new WrittenArguments();
  #id: string | undefined;
  #name = '';
  /** It was whole under another name: what it is becomes clear at the reply's end. */
  #wasRenamed = false;
  #isTooLong = false;
  /** The arguments with which it is whole. */
  #whole: string | undefined;

  /** Whether a piece begins another call, though it has the same index. */
  isFollowedBy({ id, name = '', arguments: text }: CallPiece): boolean {
    // Some wires give each piece an id of its own.
    if (this.#id !== undefined)
      return id !== undefined && id !== this.#id && (name !== '' || this.#name === '' || this.#arguments.hasEnded);
    return this.#whole !== undefined && name !== '' && (name !== this.#name || text.trim() !== '');
  }

  take({ id, name = '', arguments: text }: CallPiece): TakenPiece['change'] {
    this.#id ??= id;
    // Some wires repeat the name with each piece, others split it as well.
    if (name !== '' && name !== this.#name) {
      this.#name += name;
      this.#wasRenamed ||= this.#whole !== undefined;
    }
    this.#arguments.take(text);
    return this.#change(this.#name === '' || this.#wasRenamed ? undefined : this.#arguments.whole);
  }

  overflow({ arguments: text }: CallPiece): TakenPiece['change'] {
    if (this.#whole !== undefined && text.trim() === '') return undefined;
    this.#isTooLong = true;
    return this.#change(undefined);
  }

  toCall(): ReplyCall {
    return { name: this.#name, arguments: this.#arguments.text, ...(this.#isTooLong && { isTooLong: true }) };
  }

  #change(whole: string | undefined): TakenPiece['change'] {
    if (whole === this.#whole) return undefined;
    this.#whole = whole;
    return whole === undefined ? 'spoilt' : 'whole';
  }
}

/**
 * The arguments of one call out of their pieces: one JSON object. Empty ones before or after the real ones do not count, nor
 * do the same once more. Two that differ are left as they came, and are no JSON.
 */
class WrittenArguments {
  #scanner = new ObjectScanner();
  /** Of the object that is written now. */
  #pieces: string[] = [];
  /** The object before it, where that counts. */
  #before: string | undefined;
  /** The arguments, while they are whole. */
  #whole: string | undefined;
  /** They will not be whole any more, and are not looked at. */
  #isTorn = false;

  get whole(): string | undefined {
    return this.#whole;
  }

  /** Whether the object that was begun last is at its end. */
  get hasEnded(): boolean {
    return this.#isTorn || this.#scanner.hasEnded;
  }

  get text(): string {
    return this.#whole ?? (this.#before ?? '') + this.#pieces.join('');
  }

  take(text: string): void {
    for (let at = 0; at < text.length;) {
      const rest = text.slice(at);
      if (this.hasEnded && rest.trim() === '') return;
      if (this.hasEnded && !this.#isTorn) this.#beginAgain();
      const taken = this.#isTorn ? rest.length : this.#scanner.push(rest);
      this.#pieces.push(rest.slice(0, taken));
      at += taken;
      if (!this.#isTorn && this.#scanner.hasEnded) this.#end();
      else if (this.#scanner.hasBegun) this.#whole = undefined;
    }
  }

  #beginAgain(): void {
    this.#before = this.#whole === undefined || isEmptyObject(this.#whole) ? undefined : this.#whole;
    this.#pieces = [];
    this.#scanner = new ObjectScanner();
  }

  /** Looked at once: what is no JSON now will not become it. */
  #end(): void {
    const written = this.#pieces.join('');
    const isAgain = isEmptyObject(written) || written.trim() === this.#before?.trim();
    if (this.#before !== undefined && isAgain) this.#whole = this.#before;
    else if (this.#before === undefined && isJson(written)) this.#whole = written;
    else [this.#whole, this.#isTorn] = [undefined, true];
  }
}

function isEmptyObject(text: string): boolean {
  return /^\s*\{\s*\}\s*$/.test(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // braces and quotes fit, the rest does not
  }
}
