import type { TurnEvent } from '../contract/events.ts';
import type { BegunSpeech } from '../contract/steps.ts';

type Unstamped<E> = E extends TurnEvent ? Omit<E, 'seq' | 'atMs'> : never;
type AudioEvent = Extract<TurnEvent, { type: 'speech.audio' }>;

/** An event before it is published. Audio stays bytes until it is sent to somebody. */
export type NewEvent =
  Unstamped<Exclude<TurnEvent, AudioEvent>> | (Omit<Unstamped<AudioEvent>, 'pcm'> & { readonly pcm: Uint8Array });

/** A published event, as readers in this process get it. */
export type StreamEvent = NewEvent & { readonly seq: number; readonly atMs: number };

/** A turn that has a stream, and its place in its conversation. */
export interface StreamedTurn {
  readonly id: string;
  readonly conversationId: string;
  readonly number: number;
}

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
  /** Events that the reader does not have, up to this one, were dropped before it came to them. Called before the next event. */
  readonly onLost?: (seq: number) => void;
}

export interface FollowOptions {
  /**
   * Asked once about each turn that can be read here: events up to and including this one are left out. Undefined: the turn is
   * left out.
   */
  readonly startsAfter: (turn: StreamedTurn, state: StreamState) => number | undefined;
  readonly audio?: boolean;
  /** Aborted: the reader has left. */
  readonly signal: AbortSignal;
  /** Aborted: the reader gets what has been published by now, and no more. */
  readonly ending?: AbortSignal;
}

/** Without an event: the rest of the turn cannot be read here any more. It may come back: then it is asked about again. */
export interface ConversationNews {
  readonly turn: StreamedTurn;
  readonly event?: StreamEvent;
}

/** A turn that goes on here, as far as other processes have told of it. */
export interface LoadedTurn extends Disposable {
  /** Absent where nothing is known of it. */
  readonly said?: readonly BegunSpeech[];
}

/** `open`: events are still to come. `finished`: all of the turn was published. */
export type StreamState = 'open' | 'finished';

/**
 * The live path from the process that speaks to its readers. Nothing in it is the record: that is the workflow's.
 *
 * `open` and `publish` are called at home and return in the same tick: they wait for no other process and never throw because of
 * one. Readers may be anywhere. An implementation that reaches other processes holds what the one in memory holds:
 *
 * 1. Order: every reader gets the events of a turn in the order in which home published them. One beside home gets them from
 *    memory, in the tick in which they are published, even while other processes cannot be reached.
 * 2. `seq`: an event has the same one for every reader, so that a reader who comes back elsewhere continues after its last one.
 *    It grows by one per event, and begins anew at `firstSeqOfEpoch` + 1 with each epoch. A gap means that events were dropped.
 * 3. Epochs (I4): of a turn, publications of an older epoch than the newest seen are dropped. They are compared where the events
 *    are stored, since an old home does not know of the new one.
 * 4. Ends: `turn.finished` is the last event, in whatever epoch. A stream that ends without it (expired, or dropped to keep within
 *    a limit) fails its readers with StreamUnknown, and never ends as if the turn had.
 * 5. Silence: once `speech.cut` is published, no reader gets audio of that speech beyond `heardMs`, however far behind it is.
 */
export interface TurnStream {
  /**
   * Opens the stream of a turn. `startedMs`: time zero of its `atMs`, on the process clock. `epoch`: under which this process is its
   * home; default 0. Opening it again under the same one changes nothing.
   */
  open(turn: StreamedTurn, startedMs: number, epoch?: number): void;
  /** What the turn says, for a home that may come after this one: asked when it is needed, and told to have changed by `renew`. */
  keep(turnId: string, said: () => readonly BegunSpeech[]): void;
  renew(turnId: string): void;
  /**
   * Brings here what earlier homes of a turn have published, so that this process can open its stream and go on. To be released once
   * that is done, or is not to be done. Never rejects.
   */
  load(turnId: string): Promise<LoadedTurn>;
  /**
   * Stamps the event and hands it to the readers. `happenedMs`: when, on the process clock; default: now. Ignored for a stream
   * that was not opened or is over.
   */
  publish(by: Publisher, event: NewEvent, happenedMs?: number): void;
  /** The turn goes on in another process. Readers that its events do not reach from there get StreamUnknown. */
  drop(turnId: string): void;
  /** Undefined where there is no stream of this turn: it never was, or is gone. It may be gone before it is read. */
  find(turnId: string): Promise<StreamState | undefined>;
  /** Events in order, from the first one that is still kept, until `turn.finished`. Throws StreamUnknown where there is no such stream. */
  subscribe(turnId: string, options?: SubscribeOptions): AsyncIterable<StreamEvent>;
  /**
   * Events of all turns of a conversation whose streams are kept or begin later, in the order in which they were published:
   * where turns overlap, so do their events. Waits for the next turn when none is open.
   */
  follow(conversationId: string, options: FollowOptions): AsyncIterable<ConversationNews>;
}

/** There is no stream of this turn here: it never was, has expired, or was dropped to keep within the limit. */
export class StreamUnknown extends Error {
  override readonly name = 'StreamUnknown';

  constructor(turnId: string) {
    super(`Turn '${turnId}' has no stream here any more; read its record instead`);
  }
}
