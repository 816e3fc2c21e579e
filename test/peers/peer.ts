import { randomBytes } from 'node:crypto';
import { Keys } from '../../peers/keys.ts';
import { readRedisAddress } from '../../peers/redis/redis-address.ts';
import type { RedisFault } from '../../peers/redis/redis-fault.ts';
import { RedisLink } from '../../peers/redis/redis-link.ts';
import { SharedNews } from '../../peers/shared-news.ts';
import { SharedStream } from '../../peers/shared-stream.ts';
import { MemoryStream, type MemoryStreamLimits } from '../../stream/memory.ts';
import type { NewEvent, StreamedTurn, StreamEvent, SubscribeOptions } from '../../stream/turn-stream.ts';

/** What one process has of the others, without the rest of it. */
export interface Peer extends Disposable {
  readonly home: string;
  readonly link: RedisLink;
  readonly keys: Keys;
  readonly memory: MemoryStream;
  readonly stream: SharedStream;
  readonly news: SharedNews;
  readonly faults: RedisFault[];
  /** Turns that a newer home has taken, with its epoch. */
  readonly replaced: [turnId: string, epoch: number][];
  readonly refusals: unknown[];
}

export async function startPeer(url: string, limits: Partial<MemoryStreamLimits> = {}): Promise<Peer> {
  const home = `home-${randomBytes(4).toString('hex')}`;
  const faults: RedisFault[] = [];
  const replaced: Peer['replaced'] = [];
  const refusals: unknown[] = [];
  const address = readRedisAddress(url);
  if (typeof address === 'string') throw new Error(address);
  const keys = new Keys({ namespace: 'test', agent: 'orders', database: address.database });
  const link = new RedisLink({
    ...{ address, checkKey: keys.check },
    onFault: (fault) => faults.push(fault),
    onBack: () => undefined,
    onBadMessage: (error) => refusals.push(error),
  });
  await link.open();
  const memory = new MemoryStream(limits);
  const news = new SharedNews({ link, keys, home, memory });
  const stream = new SharedStream({
    ...{ link, keys, home, memory, news },
    onReplaced: (...turn) => replaced.push(turn),
    onRefused: (error) => refusals.push(error),
  });
  const dispose = (): void => {
    stream[Symbol.dispose]();
    link[Symbol.dispose]();
  };
  return { home, link, keys, memory, stream, news, faults, replaced, refusals, [Symbol.dispose]: dispose };
}

export const turn = (number = 1, conversationId = 'c'): StreamedTurn => ({
  id: `turn-${conversationId}-${number}`,
  conversationId,
  number,
});

export const by = (of: StreamedTurn, epoch = 0) => ({ turnId: of.id, step: 'voice:1', epoch });
export const started: NewEvent = { type: 'speech.started', speech: '1-1' };
export const finished: NewEvent = { type: 'turn.finished', outcome: 'answered', degraded: false, text: '' };
/** So many ms of audio. */
export const audio = (ms: number, fill = 1): NewEvent => ({
  ...{ type: 'speech.audio', speech: '1-1', index: 0 },
  pcm: new Uint8Array(ms * 48).fill(fill),
});

/** Resolves when Redis has the events of a turn up to this one. */
export async function stored({ link, keys }: Peer, turnId: string, seq: number): Promise<void> {
  while (Number((await link.ask<string | null>(['HGET', keys.turn(turnId), 'seq'])) ?? -1) < seq);
}

/** Resolves when Redis has this epoch of a turn. */
export async function raised({ link, keys }: Peer, turnId: string, epoch: number): Promise<void> {
  while ((await link.ask<string | null>(['HGET', keys.turn(turnId), 'epoch'])) !== String(epoch));
}

/** One reader of a turn, event by event. */
export class Reader implements AsyncDisposable {
  readonly #leaving = new AbortController();
  readonly #events: AsyncIterator<StreamEvent, undefined>;

  constructor(peer: Pick<Peer, 'stream'>, of: StreamedTurn, options: SubscribeOptions = {}) {
    const reading = peer.stream.subscribe(of.id, { audio: true, ...options, signal: this.#leaving.signal });
    this.#events = reading[Symbol.asyncIterator]();
  }

  /** As `seq type`. */
  async next(): Promise<string> {
    const event = await this.event();
    return event ? `${event.seq} ${event.type}` : 'end';
  }

  async event(): Promise<StreamEvent | undefined> {
    return (await this.#events.next()).value;
  }

  async take(count: number): Promise<string[]> {
    const taken: string[] = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort();
    await this.#events.return?.();
  }
}
