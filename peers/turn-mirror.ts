import type { TurnLog } from '../stream/turn-log.ts';
import { toFrame } from './frames.ts';
import type { Keys } from './keys.ts';
import { PUBLISH, type Published, toPublished } from './publish-script.ts';
import { RedisAway, type RedisLink } from './redis/redis-link.ts';
import type { RedisArgument } from './redis/redis-session.ts';
import { toHeader } from './turn-header.ts';

/** How long Redis keeps a turn after it was last heard of, and after its end. */
const KEEP_MS = 60_000;
/** How often it hears of a turn that has nothing to say. */
const TOUCH_MS = 15_000;
/** Of one turn under way at a time. */
const BATCH_BYTES = 256 * 1024;
/** Of all turns. */
const UNDER_WAY_BYTES = 8 * 1024 * 1024;
/** After Redis has refused something: its memory is full. */
const REST_MS = 1_000;

interface Mirrored {
  readonly log: TurnLog;
  /** Where the next batch begins. */
  position: number;
  /** The last event that Redis has, and those up to it that are to be dropped there. */
  storedSeq: number;
  dropped: number[];
  /** What the home says of it, as Redis has it. */
  said: string;
  isUnderWay: boolean;
  isDue: boolean;
}

export interface TurnMirrorSetting {
  readonly link: RedisLink;
  readonly keys: Keys;
  /** The name of this process. */
  readonly home: string;
  /** A newer home publishes: this one is the turn's home no longer. */
  readonly onReplaced: (turnId: string, epoch: number) => void;
  /** Redis has refused a publication: it goes on trying. */
  readonly onRefused: (error: unknown) => void;
}

/**
 * Publishes to Redis what the turns of this process publish in memory: a reader of their logs, as others are.
 *
 * 1. Nothing waits for it. What is published costs a mark; the rest is done in a later turn of the event loop.
 * 2. It keeps a position in each log, and no events. At most one batch of a turn is under way, and so many bytes of all turns. Where
 *    Redis is slow it falls behind, and what the log's limit drops meanwhile is missing there.
 * 3. What Redis has forgotten is sent again, from the log.
 */
export class TurnMirror implements Disposable {
  readonly #setting: TurnMirrorSetting;
  readonly #turns = new Map<string, Mirrored>();
  readonly #due = new Set<Mirrored>();
  readonly #touching: NodeJS.Timeout;
  #underWayBytes = 0;
  #pumping: NodeJS.Immediate | undefined;
  #resting: NodeJS.Timeout | undefined;

  constructor(setting: TurnMirrorSetting) {
    this.#setting = setting;
    this.#touching = setInterval(() => this.#wakeAll(), TOUCH_MS).unref();
    setting.link.onUp(() => this.#wakeAll());
  }

  /** This process is home to the turn, perhaps under a new epoch. What the log has at first is in Redis already. */
  add(log: TurnLog): void {
    const { id } = log.turn;
    const known = this.#turns.get(id);
    if (known?.log === log) return this.#wake(known);
    const mirrored: Mirrored = {
      log,
      position: log.length,
      storedSeq: log.seq,
      dropped: [],
      said: '',
      isUnderWay: false,
      isDue: false,
    };
    this.#turns.set(id, mirrored);
    log.onDrop = (seq) => mirrored.dropped.push(seq);
    this.#wake(mirrored);
  }

  /** Something was published. */
  wake(turnId: string): void {
    const mirrored = this.#turns.get(turnId);
    if (mirrored) this.#wake(mirrored);
  }

  remove(turnId: string): void {
    const mirrored = this.#turns.get(turnId);
    if (!mirrored) return;
    mirrored.log.onDrop = () => undefined;
    this.#turns.delete(turnId);
    this.#due.delete(mirrored);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#touching);
    clearImmediate(this.#pumping);
    clearTimeout(this.#resting);
    for (const turnId of [...this.#turns.keys()]) this.remove(turnId);
  }

  #wakeAll(): void {
    for (const mirrored of this.#turns.values()) this.#wake(mirrored);
  }

  #wake(mirrored: Mirrored): void {
    mirrored.isDue = true;
    if (mirrored.isUnderWay) return;
    this.#due.add(mirrored);
    this.#pumping ??= setImmediate(() => this.#pump());
  }

  #pump(): void {
    this.#pumping = undefined;
    if (!this.#setting.link.isUp || this.#resting) return;
    for (const mirrored of this.#due) {
      if (this.#underWayBytes > UNDER_WAY_BYTES) return;
      this.#due.delete(mirrored);
      void this.#send(mirrored);
    }
  }

  async #send(mirrored: Mirrored): Promise<void> {
    const { log } = mirrored;
    const batch = this.#nextBatch(mirrored);
    mirrored.isDue = false;
    mirrored.isUnderWay = true;
    this.#underWayBytes += batch.bytes;
    try {
      const reply = await this.#setting.link.run<[string, string]>(PUBLISH, batch);
      this.#learn(mirrored, batch, toPublished(reply));
    } catch (error) {
      if (!(error instanceof RedisAway) && this.#setting.link.isUp) this.#rest(error);
      // Once Redis is back, or has room, all turns are sent on.
      mirrored.dropped.unshift(...batch.dropped);
    }
    mirrored.isUnderWay = false;
    this.#underWayBytes -= batch.bytes;
    if (this.#turns.get(log.turn.id) !== mirrored) return;
    if (log.ended || (log.finished && mirrored.storedSeq >= log.seq)) this.remove(log.turn.id);
    else if (mirrored.isDue) this.#wake(mirrored);
    else if (this.#due.size > 0) this.#pumping ??= setImmediate(() => this.#pump());
  }

  #learn(mirrored: Mirrored, { until, isAll, said }: Batch, published: Published): void {
    const { id } = mirrored.log.turn;
    switch (published.outcome) {
      case 'replaced':
        this.remove(id);
        this.#setting.onReplaced(id, published.epoch);
        return;
      case 'behind':
        mirrored.position = 0;
        mirrored.said = '';
        mirrored.storedSeq = published.seq;
        mirrored.isDue = true;
        return;
      case 'stored':
        mirrored.position = until;
        mirrored.storedSeq = published.seq;
        mirrored.said = said;
        mirrored.isDue ||= !isAll;
    }
  }

  #rest(error: unknown): void {
    this.#setting.onRefused(error);
    this.#resting ??= setTimeout(() => {
      this.#resting = undefined;
      this.#wakeAll();
    }, REST_MS).unref();
  }

  #nextBatch(mirrored: Mirrored): Batch {
    const { log, storedSeq } = mirrored;
    const { keys, home } = this.#setting;
    const dropped = mirrored.dropped.filter((seq) => seq <= storedSeq);
    mirrored.dropped = [];
    const frames: RedisArgument[] = [];
    let bytes = 0;
    let until = mirrored.position;
    let entry = log.entryFrom(until);
    for (; entry && bytes < BATCH_BYTES; entry = log.entryFrom(until)) {
      until = entry.position + 1;
      if (entry.event.seq <= storedSeq) continue;
      const frame = toFrame(entry.event);
      frames.push(String(entry.event.seq), frame);
      bytes += frame.length;
    }
    const { id, conversationId } = log.turn;
    const isAll = entry === undefined;
    const state = log.finished && isAll ? 'finished' : 'open';
    const header = toHeader(log, home);
    const said = JSON.stringify(log.said());
    const values = [
      ...[String(header.epoch), String(storedSeq), String(KEEP_MS), state, JSON.stringify(header), home, id],
      ...[keys.turn(id), keys.conversation(conversationId), String(dropped.length)],
      ...[said === mirrored.said ? '' : said, ...dropped.map(String)],
      ...frames,
    ];
    return {
      keys: [keys.turn(id), keys.events(id), keys.conversation(conversationId)],
      values,
      bytes,
      until,
      isAll,
      dropped,
      said,
    };
  }
}

interface Batch {
  readonly keys: readonly string[];
  readonly values: readonly RedisArgument[];
  readonly bytes: number;
  /** The position after it. */
  readonly until: number;
  /** Whether nothing was left for another batch. */
  readonly isAll: boolean;
  readonly dropped: readonly number[];
  readonly said: string;
}
