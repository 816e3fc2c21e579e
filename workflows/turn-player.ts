import { isCancellation } from '@temporalio/workflow';
import type { BargeIn, Interrupt, Interrupted, AskedInterrupt } from '../contract/barge-in.ts';
import type { CallResult } from '../contract/rounds.ts';
import type { CallToolResult, StepInput, ThinkResult, VoiceResult } from '../contract/steps.ts';
import type { OpenedStart, Outcome, TurnResult } from '../contract/turn.ts';
import type { TurnRecord } from '../contract/turn-record.ts';
import { advance, beginTurn, isWorking } from '../turn/advance.ts';
import { cancels } from '../turn/barge-in.ts';
import { TURN_LIMIT_BYTES } from '../turn/budget.ts';
import { resultOf } from '../turn/call.ts';
import { maybeBegun } from '../turn/maybe-begun.ts';
import { underWay } from '../turn/rounds.ts';
import { endOfCall, endOfThink, endOfVoice, withSpeeches } from '../turn/step-end.ts';
import { toActivityId } from '../turn/steps.ts';
import { heardOf } from '../turn/transcript.ts';
import { summaryOf } from '../turn/turn-end.ts';
import { toRecordedState } from '../turn/turn-record.ts';
import type { Advance, TurnCommand, TurnHappening, TurnState } from '../turn/turn-state.ts';
import { totalUsage } from '../turn/usage.ts';
import { withinBytes } from '../turn/within-bytes.ts';
import { CallsElsewhere } from './calls-elsewhere.ts';
import type { Place } from './home-step.ts';
import type { Home } from './home.ts';
import { isPatched } from './patches.ts';
import type { PlayerPort } from './player-port.ts';
import { messageOf, saidBefore, throwIfGivenUp, unfinished } from './step-error.ts';
import { StepLog } from './step-log.ts';
import { StepRunner } from './step-runner.ts';
import type { StepToDo } from './step-runner.ts';
import { WorkClock } from './work-clock.ts';

type Command<T extends TurnCommand['type']> = Extract<TurnCommand, { type: T }>;

/** Without what the workflow itself knows. */
export type UntimedRecord = Omit<TurnRecord, 'startedAt'>;

/**
 * The durable player: schedules what the rules command and feeds the results back to them.
 *
 * 1. Every command becomes one durable step at home; each completed step is fed back as an event. Nothing else changes the
 *    state.
 * 2. A step that could not be done is fed back too: a turn never hangs on a lost step.
 */
export class TurnPlayer {
  onChange: () => void = () => undefined;
  readonly #start: OpenedStart;
  readonly #home: Home;
  readonly #port: PlayerPort;
  readonly #log: StepLog;
  readonly #runner: StepRunner;
  readonly #elsewhere: CallsElsewhere;
  readonly #clock: WorkClock;
  readonly #finished = Promise.withResolvers<Outcome>();
  /** Results that home does not know, because none of its steps returned them; the next model call brings them. */
  #untold: { readonly call: string; readonly result: CallResult }[] = [];
  /** Interrupts that home is asked to decide, by the id of their step's activity. */
  readonly #asked = new Map<string, Promise<BargeIn | undefined>>();
  readonly #first: Advance;
  #told: string | undefined;
  #late: readonly string[] = [];
  #state: TurnState;

  constructor(start: OpenedStart, home: Home, port: PlayerPort) {
    this.#start = start;
    this.#home = home;
    this.#port = port;
    this.#log = new StepLog(port.nowMs);
    this.#runner = new StepRunner(home, this.#log, port);
    this.#elsewhere = new CallsElsewhere(start, port, () => home.isPastReset);
    this.#clock = new WorkClock(start.terms.deadlineMs, port, () => this.#happen({ type: 'deadline_passed' }));
    this.#first = beginTurn(start.terms, start.input);
    this.#state = this.#first.state;
  }

  /** Plays the turn to its end. Rejects only with `Turn.Abandoned` or `Turn.Reset`: then nothing was done. */
  async play(): Promise<Outcome> {
    this.#follow(this.#first);
    return this.#finished.promise;
  }

  /** Resolves when no step is under way. */
  async idle(): Promise<void> {
    await this.#runner.idle();
  }

  /** The caller has spoken: as home has decided, or, where that is not known here, as it decides now. */
  async interrupt({ cut: known, epoch: _, ...asked }: Interrupt): Promise<Interrupted> {
    const bargeIn = known ?? (await this.#interruptAtHome(asked));
    if (bargeIn) this.#happen({ type: 'interrupted', bargeIn });
    const { bargeIn: last, ending, rounds } = this.#state;
    const heardText = heardOf(rounds, last?.said ?? []);
    return { interrupted: last !== undefined || ending === 'interrupted', heardText };
  }

  async #interruptAtHome(asked: AskedInterrupt): Promise<BargeIn | undefined> {
    if (this.#state.finished) return undefined;
    const step = `cut:${asked.id}`;
    // Temporal refuses, for ever, a task that schedules an activity with the id of one that is open.
    const activity = toActivityId(step);
    const earlier = this.#asked.get(activity);
    if (earlier) return earlier;
    const schedule = (place: Place) => this.#port.cutTurn(place, { step, ...asked });
    const endOf = () => ({ state: 'finished' }) as const;
    // Whatever the older home answered, the new one decides.
    const ifLate = () => (isPatched('late-account') ? ('again' as const) : undefined);
    const deciding = this.#runner.run({ id: step, kind: 'cut', ifLate, endOf, schedule });
    this.#asked.set(activity, deciding);
    const forget = (): boolean => this.#asked.delete(activity);
    deciding.then(forget, forget);
    return deciding;
  }

  get record(): UntimedRecord {
    const { items, steps, degraded, usage } = this.result;
    const { ending, finished } = this.#state;
    const outcome = finished && ending ? { outcome: ending } : {};
    const state = toRecordedState(this.#state);
    const { begun } = this.#elsewhere;
    return {
      ...{ start: this.#start, epoch: this.#home.epoch, ...outcome, degraded, state, items, steps },
      ...(this.#home.isMoving && { isMoving: true }),
      ...(begun.length > 0 && { begunElsewhere: begun }),
      ...(usage && { usage }),
    };
  }

  /** Of homes whose accounts of interrupts count. */
  get leastEpoch(): number {
    return this.#home.leastEpoch;
  }

  get failedStep(): string | undefined {
    return this.#state.failedStep;
  }

  /** The steps that had not ended when the turn ran out of time. */
  get late(): readonly string[] {
    return this.#late;
  }

  /** The first write whose outcome is unknown. */
  get unknownCall(): string | undefined {
    const calls = this.#state.rounds.flatMap((round) => round.calls);
    return calls.find((call) => resultOf(call)?.error?.kind === 'outcome_unknown')?.call;
  }

  get result(): Omit<TurnResult, 'outcome'> {
    const { conversationId, number, input } = this.#start;
    const { records } = this.#log;
    const steps = withinBytes([...withSpeeches(records, this.#state.rounds)], TURN_LIMIT_BYTES / 2);
    const usage = totalUsage(records.flatMap((step) => step.usage ?? []));
    const told = usage.length > 0 && { usage };
    return { conversationId, number, ...summaryOf(this.#state, input), steps, ...told };
  }

  /** Digest of the end that home has reported with the last speech. */
  get told(): string | undefined {
    return this.#told;
  }

  #happen(happening: TurnHappening): void {
    const isLate = happening.type === 'deadline_passed';
    if (isLate) this.#late = underWay(this.#state);
    this.#follow(advance(this.#state, happening), isLate ? 'The turn ran out of time' : undefined);
  }

  #follow({ state, commands }: Advance, why = 'The caller spoke before it was done'): void {
    this.#state = state;
    for (const command of commands) this.#perform(command, why);
    this.#clock.working = isWorking(state);
    this.onChange();
  }

  #perform(command: TurnCommand, why: string): void {
    switch (command.type) {
      case 'think':
        return this.#tell(this.#think(command));
      case 'voice':
        // Home says a preamble while it works, and the last speech brings how it ended: a step of its own would buy nothing.
        return command.kind === 'preamble' ? undefined : this.#tell(this.#speak(command));
      case 'call_tool':
        return this.#tell(this.#callTool(command));
      case 'cancel':
        return this.#runner.cancel(command.step, why);
      case 'finish':
        return this.#finished.resolve(command.outcome);
    }
  }

  #named(step: string): Pick<StepInput, 'step' | 'opens'> {
    return { step, ...(this.#isFirst(step) && { opens: true }) };
  }

  #isFirst(step: string): boolean {
    return this.#first.commands.some((command) => 'step' in command && command.step === step);
  }

  #tell(happening: Promise<TurnHappening>): void {
    happening.then(
      (happened) => this.#happen(happened),
      (error: unknown) => this.#finished.reject(error),
    );
  }

  async #think({ step, round, mustAnswer }: Command<'think'>): Promise<TurnHappening> {
    const settled = this.#untold.length > 0 ? { settled: this.#untold } : {};
    this.#untold = [];
    const toDo: StepToDo<ThinkResult> = {
      id: step,
      kind: 'think',
      ifLate: () => 'again',
      endOf: endOfThink,
      schedule: (place) => this.#port.think(place, { ...this.#named(step), round, mustAnswer, ...settled }),
    };
    try {
      const { cut: bargeIn, ...thought } = await this.#runner.run(toDo);
      return { type: 'thought', round, ...thought, ...(bargeIn && { bargeIn }) };
    } catch (error) {
      throwIfGivenUp(error);
      return { type: 'think_failed', round, ...saidBefore(error) };
    }
  }

  async #speak({ step, speech, kind, text }: Command<'voice'>): Promise<TurnHappening> {
    const toDo: StepToDo<VoiceResult> = {
      id: step,
      kind: 'voice',
      ifLate: () => undefined,
      endOf: endOfVoice,
      name: kind,
      schedule: (place) => this.#port.voice(place, { ...this.#named(step), speech, kind, text }),
    };
    try {
      const { earlier = [], told, ...voiced } = await this.#runner.run(toDo);
      this.#told = told;
      this.#endPreambles(earlier);
      return { type: 'voiced', speech, voiced };
    } catch (error) {
      throwIfGivenUp(error);
      this.#endPreambles([]);
      return { type: 'voiced', speech, voiced: { heardText: '', durationMs: 0, degraded: messageOf(error) } };
    }
  }

  /** A preamble that this home does not know was cut off with the earlier home: nobody knows what was heard of it. */
  #endPreambles(known: NonNullable<VoiceResult['earlier']>): void {
    const speeches = this.#state.rounds.flatMap((round) => round.speeches);
    for (const { speech, kind, voiced } of speeches) {
      if (kind !== 'preamble' || voiced) continue;
      const heard = known.find((other) => other.speech === speech)?.voiced;
      this.#happen({ type: 'voiced', speech, voiced: heard ?? { heardText: '', durationMs: 0, interrupted: true } });
    }
  }

  async #callTool({ step, call }: Command<'call_tool'>): Promise<TurnHappening> {
    const { name, arguments: args, policy } = call;
    const untold = (result: CallResult): CallResult => {
      this.#untold.push({ call: step, result });
      return result;
    };
    // A home that was replaced has cancelled it, for an interrupt that does not count: the new one decides.
    const ifLate = ({ dropped, ...result }: CallToolResult): 'again' | undefined => {
      if (dropped && isPatched('late-account')) return 'again';
      untold(result);
      return undefined;
    };
    const isCancelledAtHome = (): boolean => this.#state.bargeIn !== undefined && cancels(this.#state.bargeIn, step);
    const asked = { step, name, arguments: args, policy };
    const toDo: StepToDo<CallToolResult> = {
      id: step,
      kind: 'tool',
      ifLate,
      endOf: endOfCall,
      endOfError: (error) => endOfCall(unfinished(policy.effect, error)),
      name,
      schedule: ({ mayHaveBegun, ...place }) => {
        const begun = mayHaveBegun && { mayHaveBegun };
        return this.#port.callTool(place, { ...asked, ...begun });
      },
      ...(policy.effect === 'write' && { ifMaybeBegun: (where) => untold(maybeBegun(where)) }),
      ...(policy.ifBegun && { isRepeatable: true }),
    };
    try {
      const { dropped: bargeIn, ...result } = await (policy.worker === undefined
        ? this.#runner.run(toDo)
        : this.#runner.runAs(toDo, (atHome) => this.#elsewhere.do({ ...asked, ifLate, isCancelledAtHome }, atHome)));
      return { type: 'call_settled', call: step, result, ...(bargeIn && { bargeIn }) };
    } catch (error) {
      throwIfGivenUp(error);
      const result = unfinished(policy.effect, error);
      // What is cancelled is so by home's own barge-in, or nothing is asked after it: the turn is out of time.
      return { type: 'call_settled', call: step, result: isCancellation(error) ? result : untold(result) };
    }
  }
}
