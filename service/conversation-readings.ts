import type { Conversations } from '../conversations/conversations.ts';
import type { ToldTurn } from '../record/told-turns.ts';
import type { TurnRecords } from '../record/turn-records.ts';
import type { ConversationNews, StreamState, TurnStream } from '../stream/turn-stream.ts';
import { ConversationPosition, type PlacedTurn } from './conversation-position.ts';
import { refuse } from './refusal.ts';
import { Rendezvous } from './rendezvous.ts';
import type { ReadEvent, TurnReadings } from './turn-readings.ts';

export interface ConversationQuery {
  readonly audio: boolean;
  /** Where the reader was. Left out: it begins with what is open now, from its first event. */
  readonly after?: ConversationPosition;
  readonly signal: AbortSignal;
}

/** An event, and where its reader is once it has it. */
export interface FollowedEvent {
  readonly turnId: string;
  readonly event: ReadEvent;
  readonly position: string;
}

export interface FollowedConversation {
  /** Where the reader begins. */
  readonly position: string;
  /** Until `signal` is aborted or the process stops. To be read, or `signal` to be aborted. */
  readonly events: AsyncIterable<FollowedEvent>;
}

export interface ConversationReadingsDependencies {
  readonly conversations: Pick<Conversations, 'follow'>;
  readonly stream: Pick<TurnStream, 'find' | 'follow'>;
  readonly turnRecords: Pick<TurnRecords, 'waitForEnd'>;
  readonly readings: Pick<TurnReadings, 'snapshot'>;
}

/**
 * The events of all turns of a conversation.
 *
 * 1. Turns whose stream can be read from here are told event by event, in the order of publication: where turns overlap, so do
 *    their events, and each one's are in order.
 * 2. Any other turn is told once it has ended, by its snapshot: turns whose stream has expired, and those of processes whose
 *    stream does not reach this one. That they exist is known from the record of the conversation.
 * 3. Each event names the reader's position after it, so that a reader goes on from it at any process, without loss or repeat.
 */
export class ConversationReadings {
  readonly #deps: ConversationReadingsDependencies;
  readonly #ending = new AbortController();

  constructor(deps: ConversationReadingsDependencies) {
    this.#deps = deps;
  }

  /** Throws a Refusal where there is no such conversation. */
  async follow(conversationId: string, { audio, after, signal }: ConversationQuery): Promise<FollowedConversation> {
    const leaving = new AbortController();
    const left = AbortSignal.any([signal, leaving.signal]);
    const told = this.#deps.conversations.follow(conversationId, left);
    const first = await told.next();
    if (first.done) refuse({ kind: 'unknown_conversation', id: conversationId });
    const reader = new Reader(this.#deps, { position: after ?? ConversationPosition.now(first.value), signal: left });
    // In one tick: a turn that begins from now on is met.
    const position = reader.position;
    const leftOut = after ? undefined : 'finished';
    void reader.readStream(conversationId, { audio, leftOut, ending: this.#ending.signal });
    void reader.readRecord(first.value, told);
    return { position, events: reader.events(() => leaving.abort()) };
  }

  /** Readers get what was published here by now, and go on at another process. */
  stop(): void {
    this.#ending.abort();
  }
}

/** A turn to be told by its snapshot. */
interface Ended {
  readonly ended: PlacedTurn;
}

interface StreamReading {
  readonly audio: boolean;
  /** Turns whose stream is in this state when the reader comes are left out. */
  readonly leftOut: StreamState | undefined;
  readonly ending: AbortSignal;
}

/** One reader of a conversation, with its position. */
class Reader {
  readonly #deps: ConversationReadingsDependencies;
  readonly #position: ConversationPosition;
  readonly #signal: AbortSignal;
  readonly #news = new Rendezvous<ConversationNews | Ended>();
  /** Turns whose end is waited for, since they are not on the stream. */
  readonly #awaited = new Set<string>();

  constructor(
    deps: ConversationReadingsDependencies,
    { position, signal }: { readonly position: ConversationPosition; readonly signal: AbortSignal },
  ) {
    this.#deps = deps;
    this.#position = position;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#news.end(), { once: true });
  }

  get position(): string {
    return this.#position.toString();
  }

  async *events(onLeft: () => void): AsyncGenerator<FollowedEvent> {
    try {
      for await (const news of this.#news) {
        if ('ended' in news) yield* this.#tellEnded(news.ended);
        else if (news.event) yield this.#toFollowed(news.turn, news.event);
        else void this.#await(news.turn);
      }
    } finally {
      onLeft();
    }
  }

  /** What is published of the conversation. Its end is that of the reader. */
  async readStream(conversationId: string, { audio, leftOut, ending }: StreamReading): Promise<void> {
    const startsAfter = (turn: PlacedTurn, state: StreamState): number | undefined => {
      if (state === leftOut) this.#position.end(turn);
      if (this.#position.hasAll(turn)) return undefined;
      this.#position.meet(turn);
      return this.#position.seqIn(turn);
    };
    try {
      const following = { startsAfter, audio, signal: this.#signal, ending };
      for await (const news of this.#deps.stream.follow(conversationId, following)) await this.#news.offer(news);
      this.#news.end();
    } catch (error) {
      this.#news.fail(error);
    }
  }

  /** Turns that are not on the stream. */
  async readRecord(first: readonly ToldTurn[], told: AsyncIterable<readonly ToldTurn[]>): Promise<void> {
    try {
      await this.#meetAll(first);
      for await (const turns of told) await this.#meetAll(turns);
    } catch (error) {
      this.#news.fail(error);
    }
  }

  async #meetAll(turns: readonly ToldTurn[]): Promise<void> {
    const ended = new Set(turns.filter(({ hasEnded }) => hasEnded).map(({ id }) => id));
    const once = new Map(turns.map((turn) => [turn.id, { ...turn, hasEnded: ended.has(turn.id) }]));
    for (const turn of [...once.values()].sort((one, other) => one.number - other.number)) {
      if (this.#position.hasAll(turn)) continue;
      this.#position.meet(turn);
      if (!(await this.#deps.stream.find(turn.id))) void this.#await(turn);
    }
  }

  /** Has a turn told by its snapshot, once it has ended. */
  async #await(turn: PlacedTurn & Partial<Pick<ToldTurn, 'hasEnded'>>): Promise<void> {
    if (this.#awaited.has(turn.id)) return;
    this.#awaited.add(turn.id);
    const hasEnded = turn.hasEnded === true || (await this.#deps.turnRecords.waitForEnd(turn.id, this.#signal));
    if (hasEnded) await this.#news.offer({ ended: turn });
    this.#awaited.delete(turn.id);
  }

  async *#tellEnded(turn: PlacedTurn): AsyncGenerator<FollowedEvent> {
    // It may have come back to this process meanwhile: then the stream tells it.
    if (this.#position.hasAll(turn) || (await this.#deps.stream.find(turn.id))) return;
    const query = { afterSeq: this.#position.seqIn(turn), signal: this.#signal };
    for await (const event of this.#deps.readings.snapshot(turn.id, query)) yield this.#toFollowed(turn, event);
    if (!this.#signal.aborted) this.#position.end(turn);
  }

  #toFollowed(turn: PlacedTurn, event: ReadEvent): FollowedEvent {
    if (event.type === 'turn.finished') this.#position.end(turn);
    else this.#position.reach(turn, event.seq);
    return { turnId: turn.id, event, position: this.position };
  }
}
