import type { Fields, ServedTurn, TurnMetadata } from '../../agent/agent.ts';
import type { AskedInterrupt, BargeIn } from '../../contract/barge-in.ts';
import type { Item } from '../../contract/items.ts';
import type { BegunSpeech } from '../../contract/steps.ts';
import type { OpenedStart } from '../../contract/turn.ts';
import type { TurnRecord } from '../../contract/turn-record.ts';
import type { NewEvent, StreamedTurn, TurnStream } from '../../stream/turn-stream.ts';
import type { Clock } from '../../time/clock.ts';
import { resultOf } from '../../turn/call.ts';
import { openSteps } from '../../turn/rounds.ts';
import { fromRecordedState } from '../../turn/turn-record.ts';
import type { TurnHappening, TurnState } from '../../turn/turn-state.ts';
import { RunsElsewhere } from '../calls/run-elsewhere.ts';
import { SharedFillers, type PhraseChoice } from '../speech/fillers.ts';
import type { VoiceQueue } from '../speech/voice-queue.ts';
import type { ThinkingTurn } from '../thinking/think-step.ts';
import type { ClaimableRuns } from './claimable-runs.ts';
import { HeldEvents, type Publish } from './held-events.ts';
import { Interrupts, type LiveInterrupt } from './interrupts.ts';
import type { Player } from './live-player.ts';
import { RecordContact } from './record-contact.ts';
import { resumeSpeech } from './resumed-speech.ts';
import { StepRuns } from './step-runs.ts';
import type { TurnAccount } from './turn-account.ts';
import { TurnBinding, type TurnEnd } from './turn-binding.ts';
import { toServed, toStarted } from './told-turn.ts';
import { TurnCourse } from './turn-course.ts';

export interface OpenTurn {
  readonly id: string;
  readonly start: OpenedStart;
  /** The conversation before this turn, as it is known when it is asked: a call of an earlier turn may still be open. */
  readonly before: () => readonly Item[];
  /** Of the conversation, with secret fields in the clear. */
  readonly metadata: TurnMetadata;
  /** When it was posted, on the process clock: time zero of its events. Default: now. */
  readonly startedMs?: number;
}

export interface LiveTurnParts {
  readonly clock: Clock;
  readonly createVoice: (turn: LiveTurn) => VoiceQueue;
  /** Of the conversation: what was said last is not said again. */
  readonly phrases: PhraseChoice;
  readonly publish: Publish;
  /** Finds out whether this process has stood still: see `HomeDoubt`. */
  readonly look: () => void;
  readonly account: TurnAccount;
  /** Does what the rules command, ahead of the record. Undefined where nothing runs ahead. */
  readonly createPlayer?: (turn: LiveTurn) => Player;
  /** Resolves when the record has the barge-in, or the turn is over. Never rejects. */
  readonly recordBargeIn: (bargeIn: BargeIn) => Promise<void>;
  /** How long after a step was begun here the record reached it, in ms. */
  readonly onLead: (leadMs: number) => void;
  /** This many runs ended without the record reaching them. */
  readonly onDropped: (count: number) => void;
  /** Resolves when no earlier turn of the conversation has anything to say. */
  readonly silence: Promise<unknown>;
}

/**
 * One open turn in the process that is its home.
 *
 * 1. It is bound or refused, and never both: see `TurnBinding`.
 * 2. What it knows of the turn's course is what ended here, and what the record says where the turn was taken over: see
 *    `TurnCourse`.
 * 3. It decides what a barge-in does, in the tick in which it comes (I7): silence, then aborts, then the record.
 */
export class LiveTurn extends TurnBinding implements ThinkingTurn {
  readonly id: string;
  readonly start: OpenedStart;
  readonly metadata: TurnMetadata;
  readonly served: ServedTurn<Fields>;
  readonly clock: Clock;
  /** When it was posted, on the process clock. */
  readonly startedMs: number;
  readonly claimable: ClaimableRuns;
  readonly early: ClaimableRuns;
  readonly course: TurnCourse;
  readonly voice: VoiceQueue;
  readonly phrases: PhraseChoice;
  /** What the log says about the turn when it is over. */
  readonly account: TurnAccount;
  /** Resolves when no earlier turn of the conversation speaks any more. */
  readonly silence: Promise<unknown>;
  readonly fillers = new SharedFillers();
  /** Of its calls, the tools that tools-only workers run. */
  readonly elsewhere = new RunsElsewhere();
  /** Whether its record is still there. */
  readonly contact: RecordContact;
  readonly #before: OpenTurn['before'];
  readonly #parts: LiveTurnParts;
  readonly #runs: StepRuns;
  readonly #interrupts: Interrupts;
  readonly #held: HeldEvents;
  #isAnnounced = false;
  #asked: ReadonlySet<string> = new Set();
  #player: Player | undefined;
  /** Of its home: what an older one publishes is not heard any more (I4). */
  epoch = 0;
  /** Of the workflow that asks for its steps: a reset makes another one. Undefined until the first step. */
  run: string | undefined;

  constructor({ id, start, before, metadata, startedMs }: OpenTurn, parts: LiveTurnParts) {
    super();
    this.id = id;
    this.start = start;
    this.metadata = metadata;
    this.served = toServed(id, start, metadata);
    this.#before = before;
    this.#parts = parts;
    this.clock = parts.clock;
    this.phrases = parts.phrases;
    this.account = parts.account;
    this.silence = parts.silence;
    this.contact = new RecordContact(parts.clock);
    this.startedMs = startedMs ?? parts.clock.nowMs();
    this.#runs = new StepRuns(parts.clock, parts.onDropped);
    this.claimable = this.#runs.claimable;
    this.early = this.#runs.early;
    this.course = new TurnCourse(start);
    this.#held = new HeldEvents(parts.publish, parts.clock);
    this.#interrupts = new Interrupts({
      turn: this,
      course: this.course,
      runs: this.#runs,
      recordBargeIn: parts.recordBargeIn,
    });
    this.voice = parts.createVoice(this);
  }

  /** As its stream knows it. */
  get streamed(): StreamedTurn {
    const { conversationId, number } = this.start;
    return { id: this.id, conversationId, number };
  }

  /** Its stream is opened here, under its epoch. */
  openStream(stream: Pick<TurnStream, 'open' | 'keep'>): void {
    stream.open(this.streamed, this.startedMs, this.epoch);
    stream.keep(this.id, () => this.voice.begun);
  }

  get runsAhead(): boolean {
    return this.#player !== undefined;
  }

  get played(): TurnState {
    return this.course.played;
  }

  /** The conversation before this turn and the turn so far. */
  get items(): readonly Item[] {
    return [...this.#before(), ...this.ownItems];
  }

  get ownItems(): readonly Item[] {
    return this.course.items;
  }

  get bargeIn(): BargeIn | undefined {
    return this.course.bargeIn;
  }

  get silent(): Promise<void> {
    return this.course.silent;
  }

  /** Aborted by the next barge-in. */
  get nextBargeIn(): AbortSignal {
    return this.#interrupts.next;
  }

  /** Begins to play ahead of the record, unless that has begun, or the turn was refused. Changes nothing where nothing runs ahead. */
  play(): void {
    if (this.state === 'refused' || this.claimable.size > 0) return;
    this.#player = this.#parts.createPlayer?.(this);
    if (!this.#player) return;
    this.announce();
    this.#player.perform(this.course.begin());
  }

  /**
   * From now on each step is done when the record asks for it. What runs without the record is dropped; what it has come
   * to and has ended here meanwhile is known here all the same.
   */
  halt(record: Pick<TurnRecord, 'state' | 'begunElsewhere'>): void {
    this.#player = undefined;
    this.#runs.dropUnrecorded();
    const calls = this.played.rounds.flatMap((round) => round.calls);
    const preambles = this.course.endedPreambles;
    this.resume(record);
    // The record has no step for them, and gets their ends with the last speech.
    for (const { speech, voiced } of preambles) if (voiced) this.happened({ type: 'voiced', speech, voiced });
    for (const ended of calls) {
      const result = resultOf(ended);
      if (result && this.claimable.hasRun(ended.call)) {
        this.happened({ type: 'call_settled', call: ended.call, result });
      }
    }
  }

  /** The turn as its record has it, for a process that takes it over. */
  resume(record: Pick<TurnRecord, 'state' | 'begunElsewhere'>): void {
    const { rounds, bargeIn: recorded } = record.state;
    const decided = this.bargeIn;
    this.course.resume(record);
    const said = [...rounds.flatMap((round) => round.speeches), ...(recorded?.said ?? [])];
    this.voice.reserve(said.map((speech) => speech.speech));
    // The record may not have it yet.
    if (decided) this.happened({ type: 'interrupted', bargeIn: decided });
    if (this.bargeIn) this.#interrupts.resume(this.bargeIn);
  }

  /**
   * This process takes the turn over: it goes on from its record, and from what an earlier home has begun to say, and plays
   * ahead of the record from the first step that ends here.
   */
  takeUp(record: Pick<TurnRecord, 'state'>, begun: readonly BegunSpeech[]): void {
    this.#asked = new Set(openSteps(fromRecordedState(record.state)));
    this.#player = this.#parts.createPlayer?.(this);
    this.#isAnnounced = begun.length > 0;
    this.resume(record);
    resumeSpeech(this, begun);
  }

  /** Whether the record had asked for this step before this process was the turn's home. */
  wasAsked(step: string): boolean {
    return this.#asked.has(step);
  }

  /** Temporal has taken the turn: what was made ready until now is published, and speech may begin. */
  acknowledge(): void {
    this.#held.release();
  }

  /** Resolves when Temporal has taken the turn. */
  get acknowledged(): Promise<void> {
    return this.#held.released;
  }

  publish(step: string, event: NewEvent): void {
    if (this.state === 'replaced') return;
    this.#parts.look();
    this.#held.publish(step, event);
  }

  /** It is not sure that this process is its home: nothing is said or begun until it is. False where that was so before. */
  doubt(): boolean {
    return this.#held.beginDoubt();
  }

  /** This process is its home after all. */
  trust(): void {
    this.#held.endDoubt();
  }

  /** Resolves when this process is sure to be its home, or to be it no longer. Undefined where it is sure. */
  get doubted(): Promise<void> | undefined {
    this.#parts.look();
    return this.#held.doubt;
  }

  /** Tells readers that the turn began. */
  announce(): void {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    this.publish('start', toStarted(this.start));
  }

  /** The record has reached a step. */
  recorded(step: string): void {
    const leadMs = this.claimable.record(step);
    if (leadMs === undefined || !this.runsAhead) return;
    this.#parts.onLead(leadMs);
    this.publish(step, { type: 'step.recorded', step, leadMs: Math.round(leadMs) });
  }

  dropEarly(step: string, result: Promise<unknown>): void {
    this.#runs.dropEarly(step, result);
  }

  /** A call has passed its gate: from now on a barge-in treats it as its policy says. */
  begin(call: string): void {
    this.course.beginCall(call);
  }

  /** A step of this process has ended. */
  happened(happening: TurnHappening): void {
    const commands = this.course.happened(happening);
    this.#player?.perform(commands);
  }

  /** The caller speaks: see `Interrupts`. */
  interrupt(asked: AskedInterrupt): LiveInterrupt {
    return this.#interrupts.take(asked);
  }

  /** Its record is gone: silent at once. */
  abandon(): void {
    this.#player = undefined;
    this.#interrupts.silence();
    this.course.loseRecord();
    this.dispose();
  }

  /** Another process speaks for it: silent at once, and nothing is published any more. A write that has begun goes on. */
  override letGo(): void {
    this.#player = undefined;
    this.#interrupts.silence();
    super.letGo();
    this.#held.drop();
    this.dispose();
  }

  override refuse(): boolean {
    const isRefused = super.refuse();
    if (isRefused) this.dispose();
    return isRefused;
  }

  override close(end: TurnEnd): void {
    super.close(end);
    this.dispose();
  }

  /** Ends all that this process still does for the turn. */
  dispose(): void {
    this.#player = undefined;
    this.#runs.dispose((step) => this.state === 'replaced' && this.course.hasBegunWrite(step));
    this.voice.close();
    this.course.leave();
  }
}
