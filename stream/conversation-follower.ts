import type { PlacedEntry, TurnLog } from './turn-log.ts';
import type { ConversationNews, FollowOptions, StreamedTurn } from './turn-stream.ts';

interface Reading {
  position: number;
  readonly afterSeq: number;
}

interface Unread {
  readonly log: TurnLog;
  readonly reading: Reading;
  readonly entry: PlacedEntry;
}

/**
 * One reader of a conversation: reads the logs of its turns as one, in the order of publication. It keeps a position in each
 * log that is still kept, and nothing of a log that was dropped but its turn.
 */
export class ConversationFollower {
  readonly #options: FollowOptions;
  readonly #readings = new Map<TurnLog, Reading>();
  readonly #gone: StreamedTurn[] = [];
  #more = Promise.withResolvers<void>();

  constructor(options: FollowOptions) {
    this.#options = options;
  }

  /** A turn of the conversation has a log. */
  meet(log: TurnLog): void {
    const afterSeq = this.#options.startsAfter(log.turn, log.finished ? 'finished' : 'open');
    if (afterSeq === undefined) return;
    this.#readings.set(log, { position: 0, afterSeq });
    this.wake();
  }

  /** The log was dropped: what was not read of it is lost to this reader. */
  lose(log: TurnLog): void {
    if (!this.#readings.delete(log)) return;
    this.#gone.push(log.turn);
    this.wake();
  }

  /** Something was published. */
  wake(): void {
    this.#more.resolve();
  }

  async *read(): AsyncGenerator<ConversationNews> {
    const { signal, ending } = this.#options;
    const wake = (): void => this.wake();
    signal.addEventListener('abort', wake, { once: true });
    ending?.addEventListener('abort', wake, { once: true });
    try {
      while (!signal.aborted) {
        // Before the logs are looked at: what is published while this reader waits for its own reader is not missed.
        this.#more = Promise.withResolvers();
        for (let news = this.#next(); news; news = this.#next()) {
          yield news;
          if (signal.aborted) return;
        }
        if (ending?.aborted) return;
        await this.#more.promise;
      }
    } finally {
      signal.removeEventListener('abort', wake);
      ending?.removeEventListener('abort', wake);
    }
  }

  #next(): ConversationNews | undefined {
    const gone = this.#gone.shift();
    if (gone) return { turn: gone };
    for (let unread = this.#first(); unread; unread = this.#first()) {
      const { log, reading, entry } = unread;
      const { event, position } = entry;
      reading.position = position + 1;
      if (event.type === 'turn.finished') this.#readings.delete(log);
      const isLeftOut = event.type === 'speech.audio' && !this.#options.audio;
      if (event.seq > reading.afterSeq && !isLeftOut) return { turn: log.turn, event };
    }
    return undefined;
  }

  /** The event that was published first of those that are not read. */
  #first(): Unread | undefined {
    let first: Unread | undefined;
    for (const [log, reading] of this.#readings) {
      const entry = log.entryFrom(reading.position);
      if (entry && (!first || entry.order < first.entry.order)) first = { log, reading, entry };
    }
    return first;
  }
}
