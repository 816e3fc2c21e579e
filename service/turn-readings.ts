import type { TurnSnapshot, Turn } from '../contract/http.ts';
import type { TurnRecords } from '../record/turn-records.ts';
import { type StreamEvent, StreamUnknown, type SubscribeOptions, type TurnStream } from '../stream/turn-stream.ts';
import { refuse } from './refusal.ts';

export type EventQuery = Required<Pick<SubscribeOptions, 'audio' | 'afterSeq' | 'signal'>>;
/** Where the events of a turn are no longer kept, one event holds the turn as it ended. */
export type ReadEvent = StreamEvent | TurnSnapshot;

export interface TurnSpeech {
  /** Whether all of it is there; otherwise it comes as it is spoken. */
  readonly isFinished: boolean;
  /** Signed 16 bit samples, little endian, 24 kHz, mono. */
  readonly pieces: (signal?: AbortSignal) => AsyncIterable<Uint8Array>;
}

export interface ReadingsDependencies {
  readonly stream: Pick<TurnStream, 'find' | 'subscribe'>;
  readonly turnRecords: Pick<TurnRecords, 'read' | 'waitForEnd'>;
}

/** What others read of turns: from the stream while it is kept here, from the record otherwise. */
export class TurnReadings {
  readonly #deps: ReadingsDependencies;

  constructor(deps: ReadingsDependencies) {
    this.#deps = deps;
  }

  async turn(turnId: string): Promise<Turn> {
    return (await this.#deps.turnRecords.read(turnId)) ?? refuse({ kind: 'unknown_turn', turnId });
  }

  async conversationOf(turnId: string): Promise<string | undefined> {
    return (await this.#deps.turnRecords.read(turnId))?.conversationId;
  }

  /** A turn, once it has ended. Undefined where `signal` was aborted before. */
  async ended(turnId: string, signal: AbortSignal): Promise<Turn | undefined> {
    const { turnRecords } = this.#deps;
    return (await turnRecords.waitForEnd(turnId, signal)) ? turnRecords.read(turnId) : undefined;
  }

  async events(turnId: string, query: EventQuery): Promise<AsyncIterable<ReadEvent>> {
    if (!(await this.#deps.stream.find(turnId))) await this.turn(turnId);
    return this.#follow(turnId, query);
  }

  async speech(turnId: string): Promise<TurnSpeech> {
    const found = await this.#deps.stream.find(turnId);
    if (!found) {
      const { state } = await this.turn(turnId);
      refuse({ kind: state === 'finished' ? 'audio_expired' : 'audio_elsewhere', turnId });
    }
    return { isFinished: found === 'finished', pieces: (signal) => this.#audioOf(turnId, signal) };
  }

  async *#follow(turnId: string, query: EventQuery): AsyncGenerator<ReadEvent> {
    let { afterSeq } = query;
    let lostSeq: number | undefined;
    const onLost = (seq: number): void => void (lostSeq = seq);
    try {
      for await (const event of this.#deps.stream.subscribe(turnId, { ...query, onLost })) {
        if (lostSeq !== undefined) yield* this.#standIn(turnId, { seq: lostSeq, atMs: event.atMs });
        lostSeq = undefined;
        yield event;
        afterSeq = event.seq;
      }
    } catch (error) {
      if (!(error instanceof StreamUnknown)) throw error;
      yield* this.snapshot(turnId, { ...query, afterSeq });
    }
  }

  /** What stands for events of a turn that were dropped before a reader had them: the turn as it is now. */
  async *#standIn(turnId: string, at: Pick<StreamEvent, 'seq' | 'atMs'>): AsyncGenerator<ReadEvent> {
    const turn = await this.#deps.turnRecords.read(turnId);
    if (turn) yield { ...at, type: 'turn.snapshot', ...turn };
  }

  /** What stands for the events of a turn, once it has ended. Nothing where it is unknown, or `signal` was aborted before. */
  async *snapshot(turnId: string, { afterSeq, signal }: Omit<EventQuery, 'audio'>): AsyncGenerator<ReadEvent> {
    const turn = await this.ended(turnId, signal);
    if (turn) yield* toSnapshot(turn, afterSeq);
  }

  async *#audioOf(turnId: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      for await (const event of this.#deps.stream.subscribe(turnId, { audio: true, ...(signal && { signal }) })) {
        if (event.type === 'speech.audio') yield event.pcm;
      }
    } catch (error) {
      // It was there when it was looked for.
      if (error instanceof StreamUnknown) refuse({ kind: 'audio_expired', turnId });
      throw error;
    }
  }
}

/** Numbered from where the reader is, so that it takes them for new. */
function toSnapshot(turn: Turn, afterSeq: number): ReadEvent[] {
  const endedAt = turn.finishedAt ?? turn.startedAt;
  // Two clocks: that of the front end and that of Temporal.
  const atMs = Math.max(0, Date.parse(endedAt) - Date.parse(turn.startedAt));
  const said = turn.items.flatMap((item) => (item.type === 'speech' ? [item.text] : []));
  const { outcome = 'failed', degraded = false } = turn;
  return [
    { seq: afterSeq + 1, atMs, type: 'turn.snapshot', ...turn },
    { seq: afterSeq + 2, atMs, type: 'turn.finished', outcome, degraded, text: said.join(' ') },
  ];
}
