import { setImmediate as nextTick } from 'node:timers/promises';
import type { Cut } from '../../contract/cut.ts';
import { Claims } from '../../live/claims.ts';
import { processClock } from '../../live/clock.ts';
import { LivePlayer, type HomeSteps } from '../../live/live-player.ts';
import { advance, beginTurn } from '../../turn/advance.ts';
import { cutOf, isDropped } from '../../turn/barge-in.ts';
import type { Advance, TurnCommand, TurnHappening, TurnState } from '../../turn/turn-state.ts';
import { TERMS, type ScriptedRound } from '../turn/played-turn.ts';
import { cancelled, happeningOf, partOf, type ScriptedCut } from '../turn/two-players.ts';

type StepCommand = Extract<TurnCommand, { type: 'think' | 'voice' | 'call_tool' }>;

/** What the world saw of a step: that it was done, with what, and whether the record had asked for it by then. */
export interface Effect {
  readonly step: string;
  readonly isWrite: boolean;
  readonly input: string;
  readonly isScheduled: boolean;
}

export interface JointSetting {
  readonly script: readonly ScriptedRound[];
  readonly picks: readonly number[];
  readonly cuts: readonly ScriptedCut[];
  /** The record asks for reads with other arguments than the live player did. */
  readonly differs?: boolean;
  /** Faults to plant, for the tests that show that they are found. */
  readonly createPlayer?: (steps: HomeSteps) => LivePlayer;
  readonly createClaims?: () => Claims;
  readonly cutOfRecord?: (state: TurnState, cut: Cut) => Cut;
}

interface Run {
  readonly command: StepCommand;
  readonly input: string;
  hasBegun: boolean;
  readonly end: (happening: TurnHappening) => void;
}

/**
 * One turn as both players play it, with claims between them, one thing at a time: a run at home begins or ends, a step
 * of the record reaches home, its result or a cut reaches the record. `picks` says which of what is due comes next.
 */
export class JointTurn {
  readonly effects: Effect[] = [];
  readonly asked = new Map<string, string>();
  readonly landed: { readonly step: string; readonly happening: TurnHappening }[] = [];
  readonly #setting: JointSetting;
  readonly #claims: Claims;
  readonly #player: LivePlayer;
  readonly #runs: Run[] = [];
  readonly #arrivals: StepCommand[] = [];
  readonly #results: { readonly step: string; readonly happening: TurnHappening }[] = [];
  readonly #updates: Cut[] = [];
  live = beginTurn(TERMS).state;
  record = beginTurn(TERMS).state;

  constructor(setting: JointSetting) {
    this.#setting = setting;
    this.#claims = setting.createClaims?.() ?? new Claims(processClock);
    const steps: HomeSteps = {
      think: (command) => this.#join(command),
      voice: (command) => this.#join(command),
      callTool: (command) => this.#join(command),
      cancel: (step) => this.#claims.cancel(step),
    };
    this.#player = setting.createPlayer?.(steps) ?? new LivePlayer(steps);
  }

  async play(): Promise<void> {
    this.#followLive(beginTurn(TERMS));
    this.#followRecord(beginTurn(TERMS));
    for (let count = 0; ; count += 1) {
      await nextTick();
      const cut = this.#setting.cuts.find(({ at }) => at === count);
      if (cut) this.#speak(cut);
      const due = this.#due();
      if (due.length === 0 && this.#setting.cuts.every(({ at }) => at <= count)) return;
      due[(this.#setting.picks[count % this.#setting.picks.length] ?? 0) % due.length]?.();
      if (count > 5_000) throw new Error('The turn does not end');
    }
  }

  #due(): (() => void)[] {
    const firstVoice = this.#runs.find(({ command }) => command.type === 'voice');
    const runs = this.#runs.filter((run) => run.command.type !== 'voice' || run === firstVoice);
    return [
      ...runs.map((run) => () => this.#goOn(run)),
      ...this.#arrivals.slice(0, 1).map((command) => () => this.#arrive(command)),
      ...this.#results.map((result) => () => this.#land(result)),
      ...this.#updates.slice(0, 1).map((cut) => () => this.#update(cut)),
    ];
  }

  #followLive({ state, commands }: Advance): void {
    this.live = state;
    for (const command of commands) if (isPreamble(command)) void this.#join(command);
    this.#player.perform(commands);
  }

  #followRecord({ state, commands }: Advance): void {
    this.record = state;
    for (const command of commands) {
      if (command.type !== 'cancel' && command.type !== 'finish' && !isPreamble(command)) this.#arrivals.push(command);
    }
  }

  #join(command: StepCommand): Promise<TurnHappening> {
    const input = contentOf(command);
    return this.#claims.join(command.step, input, (signal) => this.#begin(command, input, signal));
  }

  async #begin(command: StepCommand, input: object, signal: AbortSignal): Promise<TurnHappening> {
    const { promise, resolve } = Promise.withResolvers<TurnHappening>();
    const run: Run = { command, input: JSON.stringify(input), hasBegun: command.type !== 'call_tool', end: resolve };
    this.#runs.push(run);
    const drop = (): void => this.#end(run, dropped(command, this.live.cut));
    if (signal.aborted) drop();
    else signal.addEventListener('abort', drop, { once: true });
    return promise;
  }

  /** A call passes its gate, then ends; anything else just ends. */
  #goOn(run: Run): void {
    const { command, input } = run;
    if (!run.hasBegun && command.type === 'call_tool') {
      run.hasBegun = true;
      const isWrite = command.call.policy.effect === 'write';
      this.effects.push({ step: command.step, isWrite, input, isScheduled: this.asked.has(command.step) });
      return;
    }
    const happening = happeningOf(command, this.#setting.script);
    if (happening) this.#end(run, happening);
  }

  #end(run: Run, happening: TurnHappening): void {
    const index = this.#runs.indexOf(run);
    if (index === -1) return;
    this.#runs.splice(index, 1);
    this.#followLive(advance(this.live, happening));
    run.end(happening);
  }

  #arrive(asked: StepCommand): void {
    this.#arrivals.shift();
    const differs = this.#setting.differs === true && asked.type === 'call_tool' && asked.call.policy.effect === 'read';
    const command = differs ? { ...asked, call: { ...asked.call, arguments: { other: true } } } : asked;
    this.asked.set(command.step, JSON.stringify(contentOf(command)));
    void this.#join(command).then((happening) => this.#results.push({ step: command.step, happening }));
  }

  #land(result: { readonly step: string; readonly happening: TurnHappening }): void {
    this.#results.splice(this.#results.indexOf(result), 1);
    this.landed.push(result);
    if (result.happening.type === 'voiced') this.#endPreambles();
    this.#followRecord(advance(this.record, result.happening));
  }

  /** The last speech tells how the preambles ended. */
  #endPreambles(): void {
    for (const { speech, kind, voiced } of this.live.rounds.flatMap((round) => round.speeches)) {
      if (kind === 'preamble' && voiced) this.#followRecord(advance(this.record, { type: 'voiced', speech, voiced }));
    }
  }

  #update(cut: Cut): void {
    this.#updates.shift();
    const told = this.#setting.cutOfRecord?.(this.record, cut) ?? cut;
    this.#followRecord(advance(this.record, { type: 'interrupted', cut: told }));
  }

  #speak({ at, shares }: ScriptedCut): void {
    const share = (index: number): number => (shares[index % shares.length] ?? 0) / 100;
    const running = new Set(this.#runs.flatMap(({ command, hasBegun }) => (hasBegun ? [command.step] : [])));
    const speeches = this.live.rounds.flatMap((round) => round.speeches);
    const said = speeches.map((one, index) => ({ ...one, voiced: one.voiced ?? partOf(one.text, share(index)) }));
    const cut = cutOf(this.live, { id: `cut-${at}`, running, said });
    if (!cut) return;
    this.#followLive(advance(this.live, { type: 'interrupted', cut }));
    this.#claims.drop((step) => isDropped(cut, step));
    for (const run of this.#runs.filter(({ command }) => isCut(command, cut)))
      this.#end(run, dropped(run.command, cut));
    this.#updates.push(cut);
  }
}

function contentOf(command: StepCommand): object {
  if (command.type === 'think') return { round: command.round, mustAnswer: command.mustAnswer };
  if (command.type === 'voice') return { speech: command.speech, text: command.text };
  return { name: command.call.name, arguments: command.call.arguments };
}

function isPreamble(command: TurnCommand): command is Extract<TurnCommand, { type: 'voice' }> {
  return command.type === 'voice' && command.kind === 'preamble';
}

function isCut(command: StepCommand, cut: Cut): boolean {
  return command.type === 'voice' && cut.said.some(({ speech }) => speech === command.speech);
}

/** What a step comes back with that home does no more. */
function dropped(command: StepCommand, cut: Cut | undefined): TurnHappening {
  if (command.type === 'think')
    return { type: 'thought', round: command.round, text: '', calls: [], ...(cut && { cut }) };
  if (command.type === 'call_tool') return cancelled(command.step, cut);
  const heard = cut?.said.find(({ speech }) => speech === command.speech)?.voiced;
  return { type: 'voiced', speech: command.speech, voiced: heard ?? partOf(command.text, 0) };
}
