import type { BegunSpeech } from '../contract/steps.ts';
import {
  type ConversationNews,
  type FollowOptions,
  type LoadedTurn,
  type NewEvent,
  type Publisher,
  type StreamedTurn,
  type StreamEvent,
  type StreamState,
  StreamUnknown,
  type SubscribeOptions,
  type TurnStream,
} from '../stream/turn-stream.ts';
import { within } from '../time/silence.ts';
import { FollowedReplicas } from './followed-replicas.ts';
import type { SharedNews } from './shared-news.ts';
import { TurnMirror, type TurnMirrorSetting } from './turn-mirror.ts';
import type { ReplicaSetting } from './turn-replica.ts';
import { TurnReplicas } from './turn-replicas.ts';

/** How long a reader waits for Redis before the record is asked. */
const FIND_MS = 500;

export interface SharedStreamSetting extends TurnMirrorSetting, ReplicaSetting {
  readonly news: SharedNews;
}

/**
 * The live path between processes. Turns of this process are published in memory, where their readers get them as without Redis, and
 * behind that to Redis; turns of others come from there into the same memory, where readers do not see the difference.
 */
export class SharedStream implements TurnStream, Disposable {
  readonly #setting: SharedStreamSetting;
  readonly #mirror: TurnMirror;
  readonly #replicas: TurnReplicas;
  readonly #followed: FollowedReplicas;

  constructor(setting: SharedStreamSetting) {
    this.#setting = setting;
    this.#mirror = new TurnMirror(setting);
    this.#replicas = new TurnReplicas(setting);
    this.#followed = new FollowedReplicas({ ...setting, replicas: this.#replicas });
  }

  open(turn: StreamedTurn, startedMs: number, epoch?: number): void {
    this.#replicas.letGo(turn.id);
    const { memory } = this.#setting;
    memory.open(turn, startedMs, epoch);
    const log = memory.log(turn.id);
    if (log) this.#mirror.add(log);
  }

  keep(turnId: string, said: () => readonly BegunSpeech[]): void {
    this.#setting.memory.keep(turnId, said);
  }

  renew(turnId: string): void {
    this.#mirror.wake(turnId);
  }

  /** Where Redis is slow or away the turn goes on without. */
  async load(turnId: string): Promise<LoadedTurn> {
    const { link, keys } = this.#setting;
    const holding = this.#replicas.hold(turnId);
    const asking = link.ask<string | null>(['HGET', keys.turn(turnId), 'said']).catch(() => null);
    const [held, said] = (await within(Promise.all([holding, asking]), FIND_MS)) ?? [];
    const release = (): void => void holding.then((late) => late?.[Symbol.dispose]());
    return { ...(held && said && { said: JSON.parse(said) as BegunSpeech[] }), [Symbol.dispose]: release };
  }

  publish(by: Publisher, event: NewEvent, happenedMs?: number): void {
    this.#setting.memory.publish(by, event, happenedMs);
    this.#mirror.wake(by.turnId);
  }

  drop(turnId: string): void {
    this.#mirror.remove(turnId);
    this.#setting.memory.drop(turnId);
  }

  async find(turnId: string): Promise<StreamState | undefined> {
    const { memory, link, keys } = this.#setting;
    const here = await memory.find(turnId);
    if (here) return here;
    const asking = link.ask<string | null>(['HGET', keys.turn(turnId), 'state']).catch(() => null);
    const state = await within(asking, FIND_MS);
    return state === 'open' || state === 'finished' ? state : undefined;
  }

  async *subscribe(turnId: string, options: SubscribeOptions = {}): AsyncGenerator<StreamEvent> {
    const { memory } = this.#setting;
    let afterSeq = options.afterSeq ?? 0;
    for (;;) {
      const wasHere = this.#isHere(turnId);
      using _held = wasHere ? undefined : await this.#replicas.hold(turnId);
      try {
        for await (const event of memory.subscribe(turnId, { ...options, afterSeq })) {
          yield event;
          afterSeq = event.seq;
        }
        return;
      } catch (error) {
        // Its home was here, and may be elsewhere: then it is read from there.
        if (!(error instanceof StreamUnknown) || !wasHere) throw error;
      }
    }
  }

  async *follow(conversationId: string, options: FollowOptions): AsyncGenerator<ConversationNews> {
    using _held = this.#followed.hold(conversationId);
    yield* this.#setting.memory.follow(conversationId, options);
  }

  [Symbol.dispose](): void {
    this.#followed[Symbol.dispose]();
    this.#replicas[Symbol.dispose]();
    this.#mirror[Symbol.dispose]();
    this.#setting.memory[Symbol.dispose]();
  }

  /** Whether this process is the turn's home. */
  #isHere(turnId: string): boolean {
    return this.#setting.memory.log(turnId) !== undefined && !this.#replicas.has(turnId);
  }
}
