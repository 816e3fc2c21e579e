import { BYTES_PER_MS } from '../contract/audio.ts';
import type { BegunSpeech } from '../contract/steps.ts';
import type { NewEvent, StreamedTurn, StreamEvent, SubscribeOptions } from './turn-stream.ts';

/** What an event costs beside its audio or text. */
const EVENT_BYTES = 200;

interface Stamp {
  readonly epoch: number;
  /** Of this epoch. */
  readonly firstSeq: number;
  readonly happenedMs: number;
  /** Grows with each publication of the process. */
  readonly order: number;
}

interface Entry {
  readonly event: StreamEvent;
  readonly order: number;
}

export interface PlacedEntry extends Entry {
  readonly position: number;
}

/** The published events of one turn. Dropped ones leave a hole, so that a reader's position stays true. */
export class TurnLog {
  readonly turn: StreamedTurn;
  /** Told of each event that is dropped from here. */
  onDrop: (seq: number) => void = () => undefined;
  /** What its home says of it, for the next one. */
  said: () => readonly BegunSpeech[] = () => [];
  readonly #limitBytes: number;
  #startedMs: number | undefined;
  readonly #entries: (Entry | undefined)[] = [];
  readonly #waiting = new Set<() => void>();
  #firstAudio = 0;
  #firstKept = 0;
  #seq = 0;
  #lostSeq = 0;
  #atMs = 0;
  #epoch = 0;
  #bytes = 0;
  #finished = false;
  #ended = false;

  constructor(turn: StreamedTurn, limitBytes: number) {
    this.turn = turn;
    this.#limitBytes = limitBytes;
  }

  /** Whether `turn.finished` was published. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Whether no more is to come, finished or not. */
  get ended(): boolean {
    return this.#ended;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Of the last event. */
  get seq(): number {
    return this.#seq;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Events up to this one are not complete, audio aside: some were dropped to keep within a limit. */
  get lostSeq(): number {
    return this.#lostSeq;
  }

  /** Tells the last event between two others that was dropped, where one was. */
  tellLost([afterSeq, seq]: readonly [number, number], onLost: SubscribeOptions['onLost']): void {
    const lostSeq = Math.min(this.#lostSeq, seq - 1);
    if (lostSeq > afterSeq) onLost?.(lostSeq);
  }

  /** How many events it has had. */
  get length(): number {
    return this.#entries.length;
  }

  /** Another process has dropped events up to this one. */
  lose(seq: number): void {
    this.#lostSeq = Math.max(this.#lostSeq, seq);
  }

  /** This process is the turn's home, and goes on with what another one may have begun. `startedMs`: time zero of `atMs`. */
  begin({ startedMs, epoch }: { readonly startedMs: number; readonly epoch: number }): void {
    this.#startedMs ??= startedMs;
    this.#epoch = Math.max(this.#epoch, epoch);
  }

  /** Takes an event as another process has stamped it. Returns by how many bytes the log has grown; one that it has is left out. */
  receive(event: StreamEvent, { epoch, order }: Pick<Stamp, 'epoch' | 'order'>): number {
    if (event.seq <= this.#seq || this.#finished) return 0;
    this.#epoch = Math.max(this.#epoch, epoch);
    return this.#add(event, order);
  }

  /** Returns by how many bytes the log has grown. An event of an older epoch is dropped: its home was fenced off. */
  append(event: NewEvent, by: Stamp): number {
    if (by.epoch < this.#epoch) return 0;
    this.#epoch = by.epoch;
    const seq = Math.max(this.#seq + 1, by.firstSeq);
    const atMs = Math.max(this.#atMs, Math.round(by.happenedMs - (this.#startedMs ?? by.happenedMs)));
    return this.#add({ ...event, seq, atMs }, by.order);
  }

  #add(event: StreamEvent, order: number): number {
    const before = this.#bytes;
    this.#seq = event.seq;
    this.#atMs = event.atMs;
    this.#entries.push({ event, order });
    this.#bytes += sizeOf(event);
    this.#finished = event.type === 'turn.finished';
    if (event.type === 'speech.cut') this.#silence(event);
    this.#keepWithinLimit();
    this.#wakeAll();
    return this.#bytes - before;
  }

  /** Readers get what is there and then no more. */
  end(): void {
    this.#ended = true;
    this.#wakeAll();
  }

  /** The first event at or after a position that is still kept. */
  entryFrom(from: number): PlacedEntry | undefined {
    for (let position = from; position < this.#entries.length; position += 1) {
      const entry = this.#entries[position];
      if (entry) return { ...entry, position };
    }
    return undefined;
  }

  /** Events in order, until the log is finished or ended, or the signal aborts. */
  async *read(signal?: AbortSignal): AsyncGenerator<StreamEvent> {
    for (let position = 0; ;) {
      for (let entry = this.entryFrom(position); entry; entry = this.entryFrom(position)) {
        if (signal?.aborted) return;
        position = entry.position + 1;
        yield entry.event;
      }
      if (this.#finished || this.#ended || signal?.aborted) return;
      await this.#more(signal);
    }
  }

  async #more(signal?: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }

  #wakeAll(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Audio of a cut speech beyond what was heard reaches no reader any more, however far behind it is. */
  #silence({ speech, heardMs }: Extract<NewEvent, { type: 'speech.cut' }>): void {
    let positionMs = 0;
    for (const [position, entry] of this.#entries.entries()) {
      const event = entry?.event;
      if (event?.type !== 'speech.audio' || event.speech !== speech) continue;
      positionMs += event.pcm.byteLength / BYTES_PER_MS;
      // `heardMs` is whole milliseconds; pieces may end between two.
      if (Math.round(positionMs) > heardMs) this.#dropAt(position);
    }
  }

  #keepWithinLimit(): void {
    while (this.#bytes > this.#limitBytes && this.#firstAudio < this.#entries.length - 1) {
      if (this.#entries[this.#firstAudio]?.event.type === 'speech.audio') this.#dropAt(this.#firstAudio);
      this.#firstAudio += 1;
    }
    while (this.#bytes > this.#limitBytes && this.#firstKept < this.#entries.length - 1) {
      const dropped = this.#dropAt(this.#firstKept);
      if (dropped && dropped.type !== 'speech.audio') this.lose(dropped.seq);
      this.#firstKept += 1;
    }
  }

  #dropAt(position: number): StreamEvent | undefined {
    const entry = this.#entries[position];
    if (!entry) return undefined;
    this.#bytes -= sizeOf(entry.event);
    this.#entries[position] = undefined;
    this.onDrop(entry.event.seq);
    return entry.event;
  }
}

function sizeOf(event: StreamEvent): number {
  if (event.type === 'speech.audio') return EVENT_BYTES + event.pcm.byteLength;
  return EVENT_BYTES + JSON.stringify(event).length;
}
