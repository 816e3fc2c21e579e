import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { BargeIn } from '../../contract/barge-in.ts';
import type { Outcome } from '../../contract/turn.ts';
import type { ModelUsage } from '../../contract/usage.ts';
import type { TurnStream } from '../../stream/turn-stream.ts';
import { processClock, type Clock } from '../../time/clock.ts';
import { within } from '../../time/silence.ts';
import { EndedRuns } from './ended-runs.ts';
import { createHomeSteps, type StepDependencies } from './home-steps.ts';
import { LivePlayer } from './live-player.ts';
import { LiveTurn } from './live-turn.ts';
import type { OpenTurn } from './live-turn.ts';
import { PhraseChoice } from '../speech/fillers.ts';
import type { Voice } from '../speech/synthesise.ts';
import { TurnAccount, type EndedTurn } from './turn-account.ts';
import type { TurnEnd } from './turn-binding.ts';
import { VoiceQueue } from '../speech/voice-queue.ts';

/** What is counted of the turns of a process. */
export interface LiveMeter {
  /** How long after a step was begun here the record reached it, in ms. */
  readonly lead: (ms: number) => void;
  /** Runs that the record never reached. */
  readonly dropped: (count: number) => void;
  readonly closed: (outcome: Outcome) => void;
  /** A step has used a model. */
  readonly used: (usage: ModelUsage) => void;
}

/**
 * `gone`: there is no workflow that could take it. `replaced`: another process has taken the turn. `refused`: the record
 * does not take it, and the turn goes on.
 */
export type BargeInAnswer = 'recorded' | 'gone' | 'replaced' | 'refused';

export interface LiveTurnsSetting {
  /** Read for each turn when it is opened, as `ahead` is: a turn keeps what it was opened with. */
  readonly voice: Voice;
  readonly stream: TurnStream;
  /** Default: the process's own. */
  readonly clock?: Clock;
  /** What turns are played with ahead of the record. Left out, home does a step only when the record asks for it. */
  readonly ahead?: StepDependencies | undefined;
  readonly meter?: LiveMeter;
  /** Told of each turn that was open here, once it is over. */
  readonly onEnded?: (turn: EndedTurn) => void;
  /** Resolves with the record's answer to the account of a barge-in. Never rejects. */
  readonly recordBargeIn: (turn: LiveTurn, bargeIn: BargeIn) => Promise<BargeInAnswer>;
  /** Asks the process that has taken a turn over for the interrupt. Resolves when it has decided. Never rejects. */
  readonly interruptElsewhere?: (turnId: string, id: string) => Promise<void>;
}

/**
 * The open turns that this process is home to. Owns their place in memory and nothing of their record: what is lost
 * here with the process, the workflow knows, or the step is done again.
 *
 * 1. A turn is here from the tick in which it is posted, or taken over, until it is closed.
 * 2. There is one voice in a conversation: a new turn is a barge-in on those that are open, and says nothing before the
 *    last of them is silent.
 */
export class LiveTurns {
  /** Called before anything is published or begun: see `HomeDoubt`. */
  look: () => void = () => undefined;
  /** Called with each turn that is opened here. */
  onOpen: (turn: LiveTurn) => void = () => undefined;
  /** Called with each turn that was open here and is no longer. */
  onLeave: (turn: LiveTurn) => void = () => undefined;
  readonly endedRuns = new EndedRuns();
  readonly #setting: LiveTurnsSetting;
  readonly #turns = new Map<string, LiveTurn>();
  readonly #waiting = new Set<() => void>();
  /** `max` would allocate all 10,000 slots at once; `maxSize` does not. */
  readonly #phrases = new LRUCache<string, PhraseChoice>({ maxSize: 10_000, sizeCalculation: () => 1 });

  constructor(setting: LiveTurnsSetting) {
    this.#setting = setting;
  }

  get clock(): Clock {
    return this.#setting.clock ?? processClock;
  }

  /** A turn that this process is about to start, or has taken over. */
  open(turn: OpenTurn): LiveTurn {
    const { stream, ahead, meter } = this.#setting;
    const { clock } = this;
    const { conversationId, number } = turn.start;
    const { secrets } = turn.metadata;
    const talking = this.openIn(conversationId).filter((other) => other.course.isTalking);
    const account = new TurnAccount({ id: turn.id, conversationId, number, secrets }, clock);
    const live: LiveTurn = new LiveTurn(turn, {
      clock,
      recordBargeIn: (bargeIn) => this.#record(live, bargeIn),
      createVoice: (speaking) => this.#createVoice(speaking),
      phrases: this.#phrasesOf(conversationId),
      look: () => this.look(),
      account,
      publish: (step, event, happenedMs) => {
        account.published(event);
        if (event.type === 'step.finished') for (const usage of event.usage ?? []) meter?.used(usage);
        stream.publish({ turnId: turn.id, step, epoch: live.epoch }, event, happenedMs);
      },
      ...(ahead && { createPlayer: (playing) => new LivePlayer(createHomeSteps(playing, ahead)) }),
      onLead: (leadMs) => meter?.lead(leadMs),
      onDropped: (count) => meter?.dropped(count),
      silence: Promise.all(talking.map((other) => other.silent)),
    });
    live.voice.listen(() => stream.renew(turn.id));
    this.#turns.set(turn.id, live);
    this.onOpen(live);
    return live;
  }

  /** The caller has begun a new turn: what is open in the conversation is interrupted, in this tick. */
  interruptAll(conversationId: string): void {
    for (const turn of this.openIn(conversationId)) turn.interrupt({ id: randomUUID() });
  }

  get(id: string): LiveTurn | undefined {
    return this.#turns.get(id);
  }

  /** The turns that are open in a conversation and have their home here, oldest first. */
  openIn(conversationId: string): readonly LiveTurn[] {
    const isHere = (turn: LiveTurn): boolean => turn.start.conversationId === conversationId;
    return [...this.#turns.values()].filter((turn) => isHere(turn) && turn.state !== 'refused');
  }

  /** Runs that the record is still to come to, of all turns. */
  get openClaims(): number {
    return [...this.#turns.values()].reduce((sum, turn) => sum + turn.claimable.waiting, 0);
  }

  get size(): number {
    return this.#turns.size;
  }

  [Symbol.iterator](): Iterator<LiveTurn> {
    return [...this.#turns.values()][Symbol.iterator]();
  }

  /** The turn is over. One that is not open any more was closed with its last speech, and its record corrects what was reported. */
  close(id: string, end: TurnEnd): void {
    const turn = this.#turns.get(id);
    if (!turn) return;
    turn.close(end);
    this.#setting.meter?.closed(end.outcome);
    this.#tellEnded(turn, end);
    this.forget(id);
  }

  /** Drops a turn that never was, or that is over. */
  forget(id: string): void {
    const turn = this.#turns.get(id);
    turn?.dispose();
    this.#turns.delete(id);
    if (turn) this.onLeave(turn);
    if (this.#turns.size > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  /** Resolves when no turn is open here. */
  async whenEmpty(): Promise<void> {
    if (this.#turns.size === 0) return;
    await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** This process stops: each turn is silent at the end of its sentence, or after `patienceMs`, and goes on in another process. */
  async rest(patienceMs: number): Promise<void> {
    await Promise.all(
      [...this].map(async (turn) => {
        await within(turn.voice.rest(), patienceMs);
        // From now on nothing is published or begun here.
        if (turn.state === 'bound') turn.doubt();
      }),
    );
  }

  /** A turn whose workflow is gone may have been ended by an operator, or by another process. */
  async #record(turn: LiveTurn, bargeIn: BargeIn): Promise<void> {
    const answer = await this.#setting.recordBargeIn(turn, bargeIn);
    if (answer === 'gone') turn.contact.lose();
    if (answer !== 'replaced') return;
    this.letGo(turn);
    await this.#setting.interruptElsewhere?.(turn.id, bargeIn.id);
  }

  /** Another process has taken the turn: it falls silent here, its readers go on elsewhere, and its end is not reported here. */
  letGo(turn: LiveTurn): void {
    turn.letGo();
    if (this.#turns.get(turn.id) !== turn) return;
    this.#setting.stream.drop(turn.id);
    this.forget(turn.id);
  }

  /** Drops a turn that was refused: its readers get the end. */
  dropRefused(turn: LiveTurn): void {
    const by = { turnId: turn.id, step: 'end', epoch: turn.epoch };
    this.#setting.stream.publish(by, { type: 'turn.finished', outcome: 'failed', degraded: false, text: '' });
    this.forget(turn.id);
  }

  #tellEnded(turn: LiveTurn, { outcome, reason }: TurnEnd): void {
    const { items, played, account, start } = turn;
    const speeches = played.rounds.flatMap((round) => round.speeches);
    const late = outcome === 'expired' ? { reason: `its work took over ${start.terms.deadlineMs} ms` } : {};
    const why = reason === undefined ? late : { reason };
    this.#setting.onEnded?.(account.end({ outcome, items, speeches, ...why }));
  }

  #createVoice(turn: LiveTurn): VoiceQueue {
    const { modality, playout } = turn.start;
    const onSilent = (): void => void turn.interrupt({ id: `silent-${turn.voice.current ?? ''}` });
    return new VoiceQueue({
      voice: modality === 'audio' ? this.#setting.voice : undefined,
      // Also of a turn that is text only.
      language: this.#setting.voice.manner?.language,
      clock: turn.clock,
      opens: Promise.all([turn.silence, turn.acknowledged]),
      doubted: () => turn.doubted,
      ...(playout === 'client' && { onSilent }),
      onPlayed: (speech, voiced) => turn.happened({ type: 'voiced', speech, voiced }),
    });
  }

  #phrasesOf(conversationId: string): PhraseChoice {
    const phrases = this.#phrases.get(conversationId) ?? new PhraseChoice();
    this.#phrases.set(conversationId, phrases);
    return phrases;
  }
}
