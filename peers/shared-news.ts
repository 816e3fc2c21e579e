import type { MemoryStream } from '../stream/memory.ts';
import type { TurnNews, TurnNewsListener } from '../stream/turn-news.ts';
import type { Keys } from './keys.ts';
import type { RedisLink } from './redis/redis-link.ts';
import { parseHeader } from './turn-header.ts';

export interface SharedNewsSetting {
  readonly link: RedisLink;
  readonly keys: Keys;
  /** The name of this process. */
  readonly home: string;
  readonly memory: Pick<MemoryStream, 'news'>;
}

/** The news of the turns of all processes. This process's own are told in the tick in which they happen. */
export class SharedNews implements TurnNews {
  readonly #setting: SharedNewsSetting;

  constructor(setting: SharedNewsSetting) {
    this.#setting = setting;
  }

  listen(conversationId: string, listener: TurnNewsListener): Disposable {
    const { link, keys, home, memory } = this.#setting;
    const channel = keys.conversation(conversationId);
    const here = memory.news.listen(conversationId, listener);
    const hear = (message: Buffer): void => {
      const [news, json = ''] = message.toString().split('\n');
      const turn = parseHeader(json);
      if (turn.home !== home && (news === 'opened' || news === 'ended')) listener[news]?.(turn);
    };
    void link.listen(channel, hear);
    return {
      [Symbol.dispose]: () => {
        here[Symbol.dispose]();
        link.ignore(channel, hear);
      },
    };
  }
}
