import { LRUCache } from 'lru-cache';
import { HISTORY_LIMIT_BYTES, latestItems } from '../contract/history.ts';
import type { ConversationFacts } from '../contract/conversation.ts';
import type { Item } from '../contract/items.ts';
import { MAX_TOLD_TURNS } from '../contract/messages.ts';
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
  /** Whether it, or any turn of it, was begun here. */
  readonly begunHere: boolean;
  /** The turns of posts with keys, by the key's digest. */
  readonly posts: ReadonlyMap<string, PostedAs>;
}

/** The turn of a key. */
export interface PostedAs {
  readonly id: string;
  readonly number: number;
  /** Digest of the post's body. */
  readonly body: string;
}

/** What is learned of a conversation that was read. */
export type LearnedConversation = Omit<KnownConversation, 'turns' | 'begunHere'> &
  Partial<Pick<KnownConversation, 'begunHere'>>;

/** A turn as those after it see it, for as long as they are open: what is known of its conversation may be forgotten before. */
export class KnownTurn {
  readonly id: string;
  readonly number: number;
  #live: Pick<LiveTurn, 'ownItems' | 'state'> | undefined;
  #items: readonly Item[] = [];
  #hasEnded = false;
  #isElsewhere = false;
  #isCut = false;

  constructor({ id, number }: { readonly id: string; readonly number: number }) {
    this.id = id;
    this.number = number;
  }

  /** What it has said and done until now, or, of a turn elsewhere, when it was read last. */
  get items(): readonly Item[] {
    if (!this.#live) return this.#items;
    return this.#live.state === 'refused' ? [] : this.#live.ownItems;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether another process plays it, or has: what it came to is not known here. */
  get isElsewhere(): boolean {
    return this.#isElsewhere && !this.#hasEnded;
  }

  /** Whether another process may speak for it: it was not interrupted from here. */
  get isHeardElsewhere(): boolean {
    return this.isElsewhere && !this.#isCut;
  }

  /** It is open in this process. */
  follow(live: Pick<LiveTurn, 'ownItems' | 'state'>): void {
    this.#live = live;
    this.#isElsewhere = false;
  }

  /** It is open in another process, and was read. */
  show(items: readonly Item[]): void {
    this.#items = items;
    this.#isElsewhere = true;
  }

  /** It is interrupted from here, or over: only its calls may go on. */
  cut(): void {
    this.#isCut = true;
  }

  end(items: readonly Item[]): void {
    this.#items = items;
    this.#hasEnded = true;
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

  /** The conversation is to be read anew. */
  forget(id: string): void {
    this.#conversations.delete(id);
  }

  learn(id: string, conversation: LearnedConversation): void {
    this.#conversations.set(id, { begunHere: false, ...conversation, turns: [] });
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

  /** A turn was opened here, by a post, or as it was taken over. */
  meet(live: LiveTurn): void {
    const { conversationId, number, post } = live.start;
    const had = this.#conversations.get(conversationId)?.turns.find(({ id }) => id === live.id);
    const turn = had ?? new KnownTurn({ id: live.id, number });
    turn.follow(live);
    if (!had) this.add(conversationId, turn);
    if (post) this.post(conversationId, post.key, { id: live.id, number, body: post.body });
    void live.closed.then(({ items }) => this.end(conversationId, turn, items));
    void live.refused.then(() => {
      this.end(conversationId, turn);
      if (post) this.unpost(conversationId, post.key);
    });
  }

  /** A key belongs to a turn. */
  post(id: string, key: string, posted: PostedAs): void {
    this.#change(id, ({ posts, ...known }) => {
      const latest = [...posts, [key, posted] as const].slice(-MAX_TOLD_TURNS);
      return { ...known, posts: new Map(latest) };
    });
  }

  /** The turn of a key never was. */
  unpost(id: string, key: string): void {
    this.#change(id, ({ posts, ...known }) => ({
      ...known,
      posts: new Map([...posts].filter(([had]) => had !== key)),
    }));
  }

  /** A turn is open in another process, or was, and what it came to is not known yet. */
  meetElsewhere(id: string, place: Pick<KnownTurn, 'id' | 'number'>): KnownTurn {
    const had = this.#conversations.get(id)?.turns.find((turn) => turn.id === place.id);
    if (had) return had;
    const turn = new KnownTurn(place);
    turn.show([]);
    this.add(id, turn);
    return turn;
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
