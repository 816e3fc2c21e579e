import type { TurnNews } from '../stream/turn-news.ts';
import type { ReplicaSetting } from './turn-replica.ts';
import type { TurnReplicas } from './turn-replicas.ts';

interface Followed {
  followers: number;
  readonly news: Disposable;
  readonly turns: Map<string, Promise<Disposable | undefined>>;
}

export interface FollowedReplicasSetting extends ReplicaSetting {
  readonly news: TurnNews;
  readonly replicas: TurnReplicas;
}

/** The turns of other processes in the conversations that are followed here: those that Redis has, and those that it tells of. */
export class FollowedReplicas implements Disposable {
  readonly #setting: FollowedReplicasSetting;
  readonly #conversations = new Map<string, Followed>();

  constructor(setting: FollowedReplicasSetting) {
    this.#setting = setting;
    // What could not be read before is read now.
    setting.link.onUp(() => this.#meetAll());
  }

  hold(conversationId: string): Disposable {
    const followed = this.#conversations.get(conversationId) ?? this.#begin(conversationId);
    followed.followers += 1;
    return {
      [Symbol.dispose]: () => {
        followed.followers -= 1;
        if (followed.followers === 0) this.#end(conversationId, followed);
      },
    };
  }

  [Symbol.dispose](): void {
    for (const [conversationId, followed] of [...this.#conversations]) this.#end(conversationId, followed);
  }

  #begin(conversationId: string): Followed {
    const opened = ({ id }: { readonly id: string }): void => this.#meet(followed, id);
    const news = this.#setting.news.listen(conversationId, { opened });
    const followed: Followed = { followers: 0, turns: new Map(), news };
    this.#conversations.set(conversationId, followed);
    void this.#meetKept(conversationId, followed);
    return followed;
  }

  #end(conversationId: string, followed: Followed): void {
    this.#conversations.delete(conversationId);
    followed.news[Symbol.dispose]();
    for (const held of followed.turns.values()) void held.then((turn) => turn?.[Symbol.dispose]());
    followed.turns.clear();
  }

  #meetAll(): void {
    for (const [conversationId, followed] of this.#conversations) void this.#meetKept(conversationId, followed);
  }

  async #meetKept(conversationId: string, followed: Followed): Promise<void> {
    const { link, keys } = this.#setting;
    const asked = ['ZRANGE', keys.conversation(conversationId), '0', '-1'];
    // Redis is away: once it is back it is asked again.
    const turns = await link.ask<string[]>(asked).catch(() => []);
    for (const id of turns) this.#meet(followed, id);
  }

  /** Turns of this process are followed in memory. */
  #meet(followed: Followed, turnId: string): void {
    const { memory, replicas } = this.#setting;
    if (followed.followers === 0 || followed.turns.has(turnId)) return;
    if (memory.log(turnId) && !replicas.has(turnId)) return;
    const holding = replicas.hold(turnId);
    followed.turns.set(turnId, holding);
    void holding.then((held) => {
      if (!held) followed.turns.delete(turnId);
    });
  }
}
