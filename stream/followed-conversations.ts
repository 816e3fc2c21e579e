import { ConversationFollower } from './conversation-follower.ts';
import type { TurnLog } from './turn-log.ts';
import type { FollowOptions } from './turn-stream.ts';

interface FollowedConversation {
  readonly logs: Set<TurnLog>;
  readonly followers: Set<ConversationFollower>;
}

/** The logs of turns by conversation, and who reads them. A conversation without either takes no memory. */
export class FollowedConversations {
  readonly #conversations = new Map<string, FollowedConversation>();

  add(log: TurnLog): void {
    const { logs, followers } = this.#of(log.turn.conversationId);
    logs.add(log);
    for (const follower of followers) follower.meet(log);
  }

  drop(log: TurnLog): void {
    const { conversationId } = log.turn;
    const { logs, followers } = this.#of(conversationId);
    logs.delete(log);
    for (const follower of followers) follower.lose(log);
    this.#forget(conversationId);
  }

  /** Something was published in a log. */
  wake({ turn }: TurnLog): void {
    for (const follower of this.#conversations.get(turn.conversationId)?.followers ?? []) follower.wake();
  }

  enter(conversationId: string, options: FollowOptions): Disposable & Pick<ConversationFollower, 'read'> {
    const { logs, followers } = this.#of(conversationId);
    const follower = new ConversationFollower(options);
    followers.add(follower);
    for (const log of logs) follower.meet(log);
    return {
      read: () => follower.read(),
      [Symbol.dispose]: () => {
        followers.delete(follower);
        this.#forget(conversationId);
      },
    };
  }

  /** How many read. */
  get followers(): number {
    return [...this.#conversations.values()].reduce((sum, { followers }) => sum + followers.size, 0);
  }

  #of(conversationId: string): FollowedConversation {
    const known = this.#conversations.get(conversationId) ?? { logs: new Set(), followers: new Set() };
    this.#conversations.set(conversationId, known);
    return known;
  }

  #forget(conversationId: string): void {
    const { logs, followers } = this.#of(conversationId);
    if (logs.size === 0 && followers.size === 0) this.#conversations.delete(conversationId);
  }
}
