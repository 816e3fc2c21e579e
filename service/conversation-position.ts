import { FollowedEventId } from '../contract/http-parameters.ts';
import type { ToldTurn } from '../record/told-turns.ts';

/** A turn by its place in its conversation. */
export type PlacedTurn = Pick<ToldTurn, 'id' | 'number'>;

interface Place {
  readonly number: number;
  /** Of the last event that the reader has; undefined: it has the turn's end. */
  readonly seq: number | undefined;
}

/**
 * Where a reader of a conversation is. Turns may overlap, so that it has a place in several at once. It names each turn that
 * the reader knows and does not have to its end, and the newest one that it has; of all others it has the whole turn up to
 * a number, and nothing of those after it.
 */
export class ConversationPosition {
  readonly #places = new Map<string, Place>();
  /** The reader has all turns up to this number, apart from those that are named. */
  #floor: number;

  private constructor(floor: number) {
    this.#floor = floor;
  }

  /** Of a reader that wants what is open, and all that comes. */
  static now(turns: readonly ToldTurn[]): ConversationPosition {
    const ended = new Set(turns.filter(({ hasEnded }) => hasEnded).map(({ id }) => id));
    const numbers = turns.filter(({ id }) => ended.has(id)).map(({ number }) => number);
    const position = new ConversationPosition(Math.max(0, ...numbers));
    for (const { id, number } of turns) if (!ended.has(id)) position.#places.set(id, { number, seq: 0 });
    return position;
  }

  /** As `toString` has written it. Undefined where it is something else. */
  static parse(text: string): ConversationPosition | undefined {
    if (!FollowedEventId.safeParse(text).success) return undefined;
    const [floor, ...places] = text.split(',');
    const position = new ConversationPosition(Number(floor));
    for (const place of places) {
      const [number, seq, id = ''] = place.split(':');
      try {
        const at = seq === 'x' ? undefined : Number(seq);
        position.#places.set(decodeURIComponent(id), { number: Number(number), seq: at });
      } catch {
        return undefined; // a percent sign that encodes nothing: it was not written here
      }
    }
    return position;
  }

  /** Whether the reader has all of a turn. */
  hasAll({ id, number }: PlacedTurn): boolean {
    const place = this.#places.get(id);
    return place ? place.seq === undefined : number <= this.#floor;
  }

  /** The last event of a turn that the reader has; 0: none. */
  seqIn({ id }: PlacedTurn): number {
    return this.#places.get(id)?.seq ?? 0;
  }

  /** The reader is to get a turn, if it does not have it. */
  meet(turn: PlacedTurn): void {
    if (!this.#places.has(turn.id) && !this.hasAll(turn)) this.reach(turn, 0);
  }

  reach({ id, number }: PlacedTurn, seq: number): void {
    this.#places.set(id, { number, seq });
  }

  /** The reader has all of a turn, or there is no more to have. */
  end({ id, number }: PlacedTurn): void {
    this.#places.set(id, { number, seq: undefined });
    const ended = [...this.#places].filter(([, { seq }]) => seq === undefined);
    const newest = Math.max(...ended.map(([, place]) => place.number));
    for (const [older, place] of ended) {
      if (place.number === newest) continue;
      this.#places.delete(older);
      this.#floor = Math.max(this.#floor, place.number);
    }
  }

  /** Safe in a header and in an address. A turn above the floor of which the reader has nothing needs no name. */
  toString(): string {
    const named = [...this.#places].filter(([, { number, seq }]) => seq !== 0 || number <= this.#floor);
    const places = named.map(([id, { number, seq }]) => `${number}:${seq ?? 'x'}:${encodeURIComponent(id)}`);
    return [this.#floor, ...places].join(',');
  }
}
