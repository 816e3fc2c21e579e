import { LRUCache } from 'lru-cache';
import { HISTORY_LIMIT_BYTES, latestItems } from '../contract/history.ts';
import type { Item } from '../contract/items.ts';
import type { TurnResult } from '../contract/turn.ts';

/** At most 64 KiB of items each. */
const MAX_CONVERSATIONS = 1_000;
/** Well under the 24 h after which a conversation closes by itself. */
const KEEP_MS = 60 * 60 * 1_000;

export interface KnownConversation {
  readonly agent: string;
  /** What the next turn's start carries. */
  readonly items: readonly Item[];
  readonly nextNumber: number;
  /** The turn that was last begun here and has not ended here. */
  readonly openTurn?: string;
}

/**
 * What this process knows of conversations from their turns here, so that the next turn need not ask Temporal. A
 * conversation that is not in it, or no longer, is asked again; nothing is lost by forgetting.
 */
export class KnownConversations {
  readonly #conversations = new LRUCache<string, KnownConversation>({ max: MAX_CONVERSATIONS, ttl: KEEP_MS });

  get(id: string): KnownConversation | undefined {
    return this.#conversations.get(id);
  }

  learn(id: string, conversation: KnownConversation): void {
    this.#conversations.set(id, conversation);
  }

  forget(id: string): void {
    this.#conversations.delete(id);
  }

  began(id: string, turn: { readonly id: string; readonly number: number }): void {
    const known = this.#conversations.get(id);
    if (known) this.learn(id, { ...known, nextNumber: turn.number + 1, openTurn: turn.id });
  }

  ended(id: string, turnId: string, result: TurnResult): void {
    const known = this.#conversations.get(id);
    if (known?.openTurn !== turnId) return;
    const { agent, nextNumber } = known;
    const items = latestItems([...known.items, ...result.items], HISTORY_LIMIT_BYTES);
    this.learn(id, { agent, nextNumber, items });
  }
}
