import type { Agent, TurnMetadata } from '../../agent/agent.ts';
import type { Item } from '../../contract/items.ts';
import type { TraceContext } from '../../contract/trace-context.ts';
import type { OpenedStart, TurnInput, TurnTerms } from '../../contract/turn.ts';
import type { LoggedLine } from '../../live/calls/tool-log.ts';
import type { ModelRequest } from '../../providers/model.ts';
import type { JudgingModel } from '../judging/judging-model.ts';
import { readAsked } from '../../providers/replies/asked.ts';
import type { Outages, Provider } from '../providers/outages.ts';
import { showTurn } from '../show-turn.ts';
import { checkEventType, checkProvider, checkWords } from './argument-checks.ts';
import type { BargeIns, BargeInMoment } from './barge-ins.ts';
import { PlayedTurn, type Stage } from './played-turn.ts';
import { toTestedTurn, type TestedTurn } from './tested-turn.ts';

export interface TalkSetting {
  readonly agent: Agent;
  readonly metadata: TurnMetadata;
  /** The time at 0 of the clock. */
  readonly now: Date;
  readonly stage: Stage;
  readonly outages: Outages;
  readonly bargeIns: BargeIns;
  readonly modality: 'audio' | 'text';
  /** What was said before the test begins. */
  readonly history: readonly Item[];
  readonly judge: JudgingModel | undefined;
  /** Of the conversation. */
  readonly context: string | undefined;
}

export interface SayOptions extends TraceContext {
  /** Facts for this turn, shown to the model and not spoken. */
  readonly context?: string;
}

export interface FailOptions {
  /** So many requests fail. Default: all. */
  readonly times?: number;
}

type Asked = Pick<OpenedStart, 'input'> & SayOptions;

/** A conversation with an agent in a test: several turns with one memory, as the caller heard it. */
export class Talk {
  readonly #setting: TalkSetting;
  readonly #played: PlayedTurn[] = [];
  readonly #turns: TestedTurn[] = [];
  readonly #logs: LoggedLine[] = [];
  #fault: { readonly error: unknown } | undefined;

  constructor(setting: TalkSetting) {
    this.#setting = setting;
  }

  /** Who judges this conversation. */
  get judge(): JudgingModel | undefined {
    return this.#setting.judge;
  }

  /** The turns that are over. */
  get turns(): readonly TestedTurn[] {
    return this.#turns;
  }

  /** The last turn that is over. Throws where there is none. */
  get last(): TestedTurn {
    const last = this.#turns.at(-1);
    if (!last) throw new Error('No turn of this conversation is over; await say() first');
    return last;
  }

  /** The transcript. */
  get items(): readonly Item[] {
    return [...this.#setting.history, ...this.#played.flatMap(({ items }) => items)];
  }

  /** What tools have logged, of all turns. */
  get logs(): readonly LoggedLine[] {
    return this.#logs;
  }

  /** By the test's clock, in ms. */
  get nowMs(): number {
    return this.#setting.stage.clock.nowMs();
  }

  /** The caller speaks, which is a barge-in on a turn that is open. Resolves when the turn is over. */
  async say(words: string, options: SayOptions = {}): Promise<TestedTurn> {
    checkWords(words);
    return this.#play({ input: { type: 'text', text: words }, ...options });
  }

  /** A turn without words of the caller, as at the beginning of a call. */
  async greet(): Promise<TestedTurn> {
    return this.#play({ input: { type: 'greeting' } });
  }

  /** The caller cuts in, and says nothing yet: in the open turn, or else in the next one. */
  bargeIn(moment: BargeInMoment = {}): void {
    checkEventType(moment.on);
    this.#setting.bargeIns.plan(moment);
  }

  /** A provider is down: until the open turn is over, or else the next one. */
  fail(provider: Provider, { times = Infinity }: FailOptions = {}): void {
    checkProvider(provider);
    this.#setting.outages.fail(provider, times);
  }

  /** Lets so much time pass. */
  async wait(ms: number): Promise<void> {
    const { clock } = this.#setting.stage;
    let isOver = false;
    clock.after(ms, () => (isOver = true));
    await clock.runUntil(() => isOver);
  }

  /** The model was asked. */
  noteRequest(request: ModelRequest): void {
    const { said } = readAsked(request);
    const turn = this.#played.findLast(({ live }) => wordsOf(live.start.input) === said) ?? this.#played.at(-1);
    turn?.requests.push(request);
  }

  noteLogged(line: LoggedLine): void {
    this.#logs.push(line);
  }

  /** The test itself is wrong: the turn's `say` rejects with this. */
  noteFault(error: unknown): void {
    this.#fault ??= { error };
  }

  async #play(asked: Asked): Promise<TestedTurn> {
    const { stage, outages, bargeIns } = this.#setting;
    const turn = this.#open(asked);
    bargeIns.begin(turn.live);
    turn.play();
    await stage.clock.runUntil(() => turn.isOver).catch((error: unknown) => rethrowWithTurn(error, turn));
    const missed = bargeIns.end(turn.live.id);
    outages.end();
    if (this.#fault) throw this.#fault.error;
    const { result, events, requests } = turn;
    const tested = toTestedTurn({
      ...{ said: wordsOf(asked.input), result, events, requests, logs: this.#logsOf(turn), missed },
    });
    this.#turns.push(tested);
    return tested;
  }

  #logsOf({ live }: PlayedTurn): readonly LoggedLine[] {
    return this.#logs.filter(({ turnId }) => turnId === live.id);
  }

  #open(asked: Asked): PlayedTurn {
    const { agent, metadata, stage, modality, context } = this.#setting;
    const number = this.#played.length + 1;
    const earlier = [...this.#played];
    const told = { conversationId: 'test', agent: agent.name, modality, number, terms: this.#terms() };
    const before = (): readonly Item[] => [...this.#setting.history, ...earlier.flatMap(({ items }) => items)];
    stage.turns.interruptAll('test');
    const facts = context === undefined ? {} : { conversationContext: context };
    const start: OpenedStart = { ...asked, ...told, ...facts, history: { items: [] } };
    const turn = new PlayedTurn(stage.turns.open({ id: `turn-${number}`, start, before, metadata }), stage);
    this.#played.push(turn);
    return turn;
  }

  #terms(): TurnTerms {
    const { agent, metadata, now } = this.#setting;
    return agent.termsFor({ metadata, now: new Date(now.getTime() + this.nowMs) });
  }

  /** The record of a turn that is open takes what home has decided. */
  async recordBargeIn(turnId: string, cut: Parameters<PlayedTurn['recordBargeIn']>[0]): Promise<'recorded'> {
    await this.#played.find(({ live }) => live.id === turnId)?.recordBargeIn(cut);
    return 'recorded';
  }
}

function wordsOf(input: TurnInput): string | undefined {
  return input.type === 'text' ? input.text : undefined;
}

function rethrowWithTurn(error: unknown, { events, live }: PlayedTurn): never {
  const message = error instanceof Error ? error.message : String(error);
  const turn = showTurn({ said: wordsOf(live.start.input), events, steps: [] });
  throw new Error(`The turn does not end: ${message}\n\n${turn}`, { cause: error });
}
