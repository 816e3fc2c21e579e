import { LRUCache } from 'lru-cache';
import { HISTORY_LIMIT_BYTES, latestItems } from '../contract/history.ts';
import type { Item } from '../contract/items.ts';

/** At most 64 KiB of items each. */
const MAX_CONVERSATIONS = 1_000;
/** Well under the 24 h after which a conversation closes by itself. */
const KEEP_MS = 60 * 60 * 1_000;

export interface KnownConversation {
  readonly agent: string;
  /** What turns before those of `turns` said and did. */
  readonly items: readonly Item[];
  readonly nextNumber: number;
  /** Turns that were begun here, by number, from the first one on that has not ended. */
  readonly turns: readonly KnownTurn[];
  /** Whether any turn was begun and bound here. */
  readonly begunHere: boolean;
}

interface KnownTurn {
  readonly id: string;
  readonly number: number;
  /** Once it has ended. */
  readonly items?: readonly Item[];
}

/** What an open turn has said and done until now, by its id. Undefined where it is not open here. */
export type OpenItems = (turnId: string) => readonly Item[] | undefined;

/**
 * What this process knows of conversations from their turns here, so that the next turn need not ask Temporal. A
 * conversation that is not in it, or no longer, is asked again; nothing is lost by forgetting.
 */
export class KnownConversations {
  readonly #conversations = new LRUCache<string, KnownConversation>({ max: MAX_CONVERSATIONS, ttl: KEEP_MS });

  get(id: string): KnownConversation | undefined {
    return this.#conversations.get(id);
  }

  learn(id: string, conversation: Omit<KnownConversation, 'turns' | 'begunHere'>): void {
    this.#conversations.set(id, { ...conversation, turns: [], begunHere: false });
  }

  forget(id: string): void {
    this.#conversations.delete(id);
  }

  /** The conversation before a turn of this number, by the order of turns and not of their ends. */
  itemsBefore(id: string, number: number, openItems: OpenItems): readonly Item[] {
    const { items = [], turns = [] } = this.#conversations.get(id) ?? {};
    const earlier = turns.filter((turn) => turn.number < number);
    const later = earlier.flatMap((turn) => turn.items ?? openItems(turn.id) ?? []);
    return latestItems([...items, ...later], HISTORY_LIMIT_BYTES);
  }

  began(id: string, turn: Omit<KnownTurn, 'items'>): void {
    this.#change(id, (known) => ({
      ...known,
      nextNumber: Math.max(known.nextNumber, turn.number + 1),
      turns: [...known.turns, turn],
    }));
  }

  /** A turn that was begun here is bound: no other process has begun it. */
  bound(id: string): void {
    this.#change(id, (known) => ({ ...known, begunHere: true }));
  }

  /** Without items: it never was. */
  ended(id: string, turnId: string, items: readonly Item[] = []): void {
    this.#change(id, (known) => {
      const turns = known.turns.map((turn) => (turn.id === turnId ? { ...turn, items } : turn));
      const open = turns.findIndex((turn) => turn.items === undefined);
      const over = open === -1 ? turns : turns.slice(0, open);
      const all = [...known.items, ...over.flatMap((turn) => turn.items ?? [])];
      return { ...known, items: latestItems(all, HISTORY_LIMIT_BYTES), turns: turns.slice(over.length) };
    });
  }

  #change(id: string, change: (known: KnownConversation) => KnownConversation): void {
    const known = this.#conversations.get(id);
    if (known) this.#conversations.set(id, change(known));
  }
}
