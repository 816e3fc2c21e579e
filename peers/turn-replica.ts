import type { MemoryStream } from '../stream/memory.ts';
import type { TurnLog } from '../stream/turn-log.ts';
import { readFrames } from './frames.ts';
import type { Keys } from './keys.ts';
import type { RedisLink } from './redis/redis-link.ts';
import { parseHeader, type TurnHeader } from './turn-header.ts';

/** Events that are read at once. */
const PAGE_EVENTS = 100;

export interface ReplicaSetting {
  readonly link: RedisLink;
  readonly keys: Keys;
  readonly memory: MemoryStream;
}

type Entry = [id: Buffer, fields: [name: Buffer, frame: Buffer]];
const LINE = '\n'.charCodeAt(0);

/**
 * The events of a turn of another process, in this one's memory: read from Redis once, and then told as they are published. All
 * readers of this process share it.
 */
export class TurnReplica {
  readonly #turnId: string;
  readonly #setting: ReplicaSetting;
  #log: TurnLog | undefined;
  #reading: Promise<boolean> | undefined;
  #readsAgain = false;
  /** How many hold it. */
  holders = 0;

  constructor(turnId: string, setting: ReplicaSetting) {
    this.#turnId = turnId;
    this.#setting = setting;
  }

  get log(): TurnLog | undefined {
    return this.#log;
  }

  /** Resolves when what Redis has by now is here: true. False where it has no such turn. Rejects where it cannot be asked. */
  async begin(): Promise<boolean> {
    const { link, keys } = this.#setting;
    await link.listen(keys.turn(this.#turnId), this.#hear);
    return this.read();
  }

  /** Reads what this process does not have. */
  async read(): Promise<boolean> {
    this.#readsAgain = this.#reading !== undefined;
    this.#reading ??= this.#readPages().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  leave(): void {
    const { link, keys } = this.#setting;
    link.ignore(keys.turn(this.#turnId), this.#hear);
  }

  readonly #hear = (message: Buffer): void => {
    const headerFrom = message.indexOf(LINE) + 1;
    const framesFrom = message.indexOf(LINE, headerFrom) + 1;
    const before = Number(message.toString('latin1', 0, headerFrom - 1));
    const isNext = this.#reading === undefined && this.#log !== undefined && before <= this.#log.seq;
    // What was missed, or comes while the rest is read, is read. Where that fails it is read once Redis is back.
    if (!isNext) void this.read().catch(() => undefined);
    else this.#take(parseHeader(message.toString('utf8', headerFrom, framesFrom - 1)), message.subarray(framesFrom));
  };

  #take(header: TurnHeader, ...frames: readonly Buffer[]): void {
    const { id, conversationId, number, epoch, lostSeq } = header;
    this.#log?.lose(lostSeq);
    this.#log = this.#setting.memory.receive({ id, conversationId, number }, epoch, frames.flatMap(readFrames));
    this.#log.lose(lostSeq);
  }

  async #readPages(): Promise<boolean> {
    const { link, keys } = this.#setting;
    for (;;) {
      this.#readsAgain = false;
      const from = `(${this.#log?.seq ?? 0}-0`;
      const [json, page] = await Promise.all([
        link.ask<string | null>(['HGET', keys.turn(this.#turnId), 'turn']),
        link.ask<Entry[]>(['XRANGE', keys.events(this.#turnId), from, '+', 'COUNT', String(PAGE_EVENTS)], 'binary'),
      ]);
      if (json === null) return false;
      this.#take(parseHeader(json), ...page.map(([, [, frame]]) => frame));
      if (page.length < PAGE_EVENTS && !this.#hasMore()) return true;
    }
  }

  /** Whether something came meanwhile. */
  #hasMore(): boolean {
    return this.#readsAgain;
  }
}
