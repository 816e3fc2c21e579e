import { firstSeqOfEpoch } from '../contract/messages.ts';
import type { BegunSpeech } from '../contract/steps.ts';
import { FollowedConversations } from './followed-conversations.ts';
import { TurnNewsHere } from './turn-news.ts';
import { StreamUnknown } from './turn-stream.ts';
import type {
  ConversationNews,
  FollowOptions,
  LoadedTurn,
  NewEvent,
  Publisher,
  StreamedTurn,
  StreamEvent,
  StreamState,
  SubscribeOptions,
  TurnStream,
} from './turn-stream.ts';
import { TurnLog } from './turn-log.ts';

export interface MemoryStreamLimits {
  /** Of one turn; beyond it its oldest audio is dropped, then its oldest events. 32 MiB are eleven minutes of speech. */
  readonly perTurnBytes: number;
  /** Of all turns; beyond it whole turns are dropped, oldest first. */
  readonly totalBytes: number;
  /** How long a turn can be read after it has finished. */
  readonly keepMs: number;
}

const DEFAULT_LIMITS: MemoryStreamLimits = {
  perTurnBytes: 32 * 1024 * 1024,
  totalBytes: 256 * 1024 * 1024,
  keepMs: 60_000,
};

/**
 * The live path within one process. Readers pull from the turn's one log, so that a slow reader costs a position and
 * no buffer; a reader that is overtaken by a limit sees a gap in `seq`.
 */
export class MemoryStream implements TurnStream, Disposable {
  /** Of the turns that are opened here. */
  readonly news = new TurnNewsHere();
  readonly #limits: MemoryStreamLimits;
  readonly #clock: { readonly nowMs: () => number };
  readonly #logs = new Map<string, TurnLog>();
  readonly #expiries = new Set<NodeJS.Timeout>();
  readonly #followed = new FollowedConversations();
  #bytes = 0;
  #published = 0;

  /** `clock`: that of the process. */
  constructor(limits: Partial<MemoryStreamLimits> = {}, clock = { nowMs: () => performance.now() }) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#clock = clock;
  }

  open(turn: StreamedTurn, startedMs: number, epoch = 0): void {
    const known = this.#logs.get(turn.id);
    const log = known ?? this.#create(turn);
    log.begin({ startedMs, epoch });
    if (!known) this.news.tell('opened', turn);
  }

  keep(turnId: string, said: () => readonly BegunSpeech[]): void {
    const log = this.#logs.get(turnId);
    if (log) log.said = said;
  }

  /** What is kept here is asked for when it is needed: there is nobody to tell. */
  renew(_turnId: string): void {
    return;
  }

  /** All that is known here is here. */
  load(_turnId: string): Promise<LoadedTurn> {
    return Promise.resolve({ [Symbol.dispose]: () => undefined });
  }

  /** The events of a turn, where they are kept here. */
  log(turnId: string): TurnLog | undefined {
    return this.#logs.get(turnId);
  }

  /** Takes events as another process has published them; its readers here get those that they do not have. */
  receive(turn: StreamedTurn, epoch: number, events: readonly StreamEvent[]): TurnLog {
    const log = this.#logs.get(turn.id) ?? this.#create(turn);
    const wasFinished = log.finished;
    for (const event of events) {
      this.#published += 1;
      this.#bytes += log.receive(event, { epoch, order: this.#published });
    }
    this.#followed.wake(log);
    if (log.finished && !wasFinished) this.#expireLater(log);
    this.#keepWithinTotal(turn.id);
    return log;
  }

  find(turnId: string): Promise<StreamState | undefined> {
    const log = this.#logs.get(turnId);
    return Promise.resolve(log && (log.finished ? 'finished' : 'open'));
  }

  publish({ turnId, epoch }: Publisher, event: NewEvent, happenedMs = this.#clock.nowMs()): void {
    const log = this.#logs.get(turnId);
    if (!log || log.finished) return;
    this.#published += 1;
    const stamp = { epoch, firstSeq: firstSeqOfEpoch(epoch) + 1, happenedMs, order: this.#published };
    this.#bytes += log.append(event, stamp);
    this.#followed.wake(log);
    if (log.finished) {
      this.#expireLater(log);
      this.news.tell('ended', log.turn);
    }
    this.#keepWithinTotal(turnId);
  }

  drop(turnId: string): void {
    const log = this.#logs.get(turnId);
    if (!log) return;
    this.#logs.delete(turnId);
    this.#bytes -= log.bytes;
    log.end();
    this.#followed.drop(log);
  }

  async *subscribe(turnId: string, options: SubscribeOptions = {}): AsyncGenerator<StreamEvent> {
    const log = this.#logs.get(turnId);
    if (!log) throw new StreamUnknown(turnId);
    let reached = options.afterSeq ?? 0;
    for await (const event of log.read(options.signal)) {
      if (event.seq <= reached) continue;
      log.tellLost([reached, event.seq], options.onLost);
      reached = event.seq;
      if (event.type === 'speech.audio' && !options.audio) continue;
      yield event;
    }
    if (!log.finished && !options.signal?.aborted) throw new StreamUnknown(turnId);
  }

  /** How many readers follow a conversation. */
  get followers(): number {
    return this.#followed.followers;
  }

  async *follow(conversationId: string, options: FollowOptions): AsyncGenerator<ConversationNews> {
    using follower = this.#followed.enter(conversationId, options);
    yield* follower.read();
  }

  [Symbol.dispose](): void {
    for (const expiry of this.#expiries) clearTimeout(expiry);
    for (const turnId of [...this.#logs.keys()]) this.drop(turnId);
  }

  #create(turn: StreamedTurn): TurnLog {
    const log = new TurnLog(turn, this.#limits.perTurnBytes);
    this.#logs.set(turn.id, log);
    this.#followed.add(log);
    return log;
  }

  #expireLater(log: TurnLog): void {
    const expiry = setTimeout(() => {
      this.#expiries.delete(expiry);
      if (this.#logs.get(log.turn.id) === log) this.drop(log.turn.id);
    }, this.#limits.keepMs);
    this.#expiries.add(expiry.unref());
  }

  #keepWithinTotal(newest: string): void {
    for (const turnId of this.#logs.keys()) {
      if (this.#bytes <= this.#limits.totalBytes) return;
      if (turnId !== newest) this.drop(turnId);
    }
  }
}
