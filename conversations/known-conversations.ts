import { LRUCache } from 'lru-cache';
import { HISTORY_LIMIT_BYTES, latestItems } from '../contract/history.ts';
import type { ConversationFacts } from '../contract/conversation.ts';
import type { Item } from '../contract/items.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';

/** At most 64 KiB of items each. */
const MAX_CONVERSATIONS = 1_000;
/** Well under the 24 h after which a conversation closes by itself. */
const KEEP_MS = 60 * 60 * 1_000;

export interface KnownConversation {
  readonly agent: string;
  readonly facts: ConversationFacts;
  /** What turns before those of `turns` said and did. */
  readonly items: readonly Item[];
  readonly nextNumber: number;
  /** By number, from the first one on that has not ended. */
  readonly turns: readonly KnownTurn[];
  /** Whether any turn was begun and bound here. */
  readonly begunHere: boolean;
}

/** A turn as those after it see it, for as long as they are open: what is known of its conversation may be forgotten before. */
export class KnownTurn {
  readonly id: string;
  readonly number: number;
  #live: Pick<LiveTurn, 'ownItems' | 'state'> | undefined;
  #items: readonly Item[] | undefined;

  constructor({ id, number }: { readonly id: string; readonly number: number }) {
    this.id = id;
    this.number = number;
  }

  /** What it has said and done until now. */
  get items(): readonly Item[] {
    if (this.#items || !this.#live) return this.#items ?? [];
    return this.#live.state === 'refused' ? [] : this.#live.ownItems;
  }

  get hasEnded(): boolean {
    return this.#items !== undefined;
  }

  /** It is open in this process. */
  follow(live: Pick<LiveTurn, 'ownItems' | 'state'>): void {
    this.#live = live;
  }

  end(items: readonly Item[]): void {
    this.#items = items;
    this.#live = undefined;
  }
}

/**
 * What this process knows of conversations from their turns here, so that the next turn need not ask Temporal. A
 * conversation that is not in it, or no longer, is asked again; nothing is lost by forgetting.
 */
export class KnownConversations {
  readonly #conversations: LRUCache<string, KnownConversation>;

  constructor(max = MAX_CONVERSATIONS) {
    this.#conversations = new LRUCache({ max, ttl: KEEP_MS });
  }

  get(id: string): KnownConversation | undefined {
    return this.#conversations.get(id);
  }

  learn(id: string, conversation: Omit<KnownConversation, 'turns' | 'begunHere'>): void {
    this.#conversations.set(id, { ...conversation, turns: [], begunHere: false });
  }

  /**
   * The conversation before a turn of this number, by the order of turns and not of their ends, as it is whenever it is
   * asked: what was open shows how it went on.
   */
  before(id: string, number: number): () => readonly Item[] {
    const { items = [], turns = [] } = this.#conversations.get(id) ?? {};
    const earlier = turns.filter((turn) => turn.number < number);
    return () => latestItems([...items, ...earlier.flatMap((turn) => turn.items)], HISTORY_LIMIT_BYTES);
  }

  /** A turn was opened here, by a post or directly through Temporal. */
  meet(live: LiveTurn): void {
    const { conversationId, number } = live.start;
    const had = this.#conversations.get(conversationId)?.turns.find(({ id }) => id === live.id);
    const turn = had ?? new KnownTurn({ id: live.id, number });
    turn.follow(live);
    if (!had) this.add(conversationId, turn);
    void live.closed.then(({ items }) => this.end(conversationId, turn, items));
    void live.refused.then(() => this.end(conversationId, turn));
  }

  add(id: string, turn: KnownTurn): void {
    this.#change(id, (known) => ({
      ...known,
      nextNumber: Math.max(known.nextNumber, turn.number + 1),
      turns: [...known.turns, turn].sort((one, other) => one.number - other.number),
    }));
  }

  /** A turn that was begun here is bound: no other process has begun it. */
  bound(id: string): void {
    this.#change(id, (known) => ({ ...known, begunHere: true }));
  }

  /** Without items: it never was. */
  end(id: string, turn: KnownTurn, items: readonly Item[] = []): void {
    turn.end(items);
    this.#change(id, (known) => {
      const { turns } = known;
      const open = turns.findIndex(({ hasEnded }) => !hasEnded);
      const over = open === -1 ? turns : turns.slice(0, open);
      const all = [...known.items, ...over.flatMap((ended) => ended.items)];
      return { ...known, items: latestItems(all, HISTORY_LIMIT_BYTES), turns: turns.slice(over.length) };
    });
  }

  #change(id: string, change: (known: KnownConversation) => KnownConversation): void {
    const known = this.#conversations.get(id);
    if (known) this.#conversations.set(id, change(known));
  }
}
