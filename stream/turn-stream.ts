import type { TurnEvent } from '../contract/events.ts';

type Unstamped<E> = E extends TurnEvent ? Omit<E, 'seq' | 'atMs'> : never;
type AudioEvent = Extract<TurnEvent, { type: 'speech.audio' }>;

/** An event before it is published. Audio stays bytes until it is sent to somebody. */
export type NewEvent =
  Unstamped<Exclude<TurnEvent, AudioEvent>> | (Omit<Unstamped<AudioEvent>, 'pcm'> & { readonly pcm: Uint8Array });

/** A published event, as readers in this process get it. */
export type StreamEvent = NewEvent & { readonly seq: number; readonly atMs: number };

/** Who publishes: I4, every publication names turn, step and home epoch. */
export interface Publisher {
  readonly turnId: string;
  readonly step: string;
  readonly epoch: number;
}

export interface SubscribeOptions {
  /** Events up to and including this one are left out. */
  readonly afterSeq?: number;
  readonly audio?: boolean;
  readonly signal?: AbortSignal;
}

/** The live path from the process that speaks to its readers. Nothing in it is the record: that is the workflow's. */
export interface TurnStream {
  /** Opens the stream of a turn. `startedMs`: time zero of its `atMs`, on the process clock. Opening it again changes nothing. */
  open(turnId: string, startedMs: number): void;
  /** Stamps the event and hands it to the readers. `happenedMs`: when, on the process clock; default: now. Dropped are publications of an older epoch than
   * the newest seen, and those for a stream that was not opened or is over. `turn.finished` ends the stream. */
  publish(by: Publisher, event: NewEvent, happenedMs?: number): void;
  has(turnId: string): boolean;
  /** Whether all of a turn that is kept here was published. */
  isFinished(turnId: string): boolean;
  /** Events in order, from the first one that is still kept, until `turn.finished`. Throws StreamUnknown where there is no such stream. */
  subscribe(turnId: string, options?: SubscribeOptions): AsyncIterable<StreamEvent>;
}

/** There is no stream of this turn here: it never was, has expired, or was dropped to keep within the limit. */
export class StreamUnknown extends Error {
  override readonly name = 'StreamUnknown';

  constructor(turnId: string) {
    super(`Turn '${turnId}' has no stream here any more; read its record instead`);
  }
}
