import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { createHomeActivities, createSharedActivities, createToolActivities } from '../../activities/index.ts';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import { reportGone } from '../../activities/report-end.ts';
import type { Agent } from '../../agent/agent.ts';
import type { TurnEnded } from '../../contract/conversation.ts';
import { turnIdOf } from '../../contract/messages.ts';
import type { TurnRecord } from '../../contract/turn-record.ts';
import type { Interrupt } from '../../contract/barge-in.ts';
import type { Item } from '../../contract/items.ts';
import { NoLeases } from '../../live/turns/leases.ts';
import { LiveTurns } from '../../live/turns/live-turns.ts';
import type { LiveTurn } from '../../live/turns/live-turn.ts';
import type { OpenedStart } from '../../contract/turn.ts';
import { RecordWatch } from '../../live/turns/record-watch.ts';
import type { StepDependencies } from '../../live/turns/home-steps.ts';
import { MemoryStream } from '../../stream/memory.ts';
import type { NewEvent, Publisher } from '../../stream/turn-stream.ts';
import { createSteps } from '../../worker/step-dependencies.ts';
import { TestClock } from '../test-clock.ts';
import { Gates } from './gates.ts';
import type { Sandbox } from './hosted-workflow.ts';
import { createAgent, createModel, createVoice } from './scripted-agent.ts';
import type { Asked, Effect, ScriptedTurn, Written } from './scripted-agent.ts';
import { Temporal, WorkflowGone, type Due } from './temporal.ts';
import { noMetadata } from '../metadata.ts';
import { textInput } from '../text-input.ts';

/** What somebody does to the conversation before the `at`-th thing happens. */
export interface Moment {
  readonly at: number;
  readonly what: 'speak' | 'signal' | 'terminate' | 'post';
  /** To the first turn or the second; where that was not posted yet, to the first. */
  readonly turn: 0 | 1;
}

export interface JointSetting {
  readonly turns: readonly ScriptedTurn[];
  readonly moments: readonly Moment[];
  readonly picks: readonly number[];
  /** Tools that tools-only workers run. Default: none. */
  readonly elsewhere?: readonly string[];
}

export interface Published {
  readonly turnId: string;
  readonly event: NewEvent;
  readonly nowMs: number;
  /** When the last thing happened that was due: since then only time has passed. */
  readonly happenedMs: number;
}

class WatchedStream extends MemoryStream {
  readonly published: Published[] = [];
  readonly #clock: TestClock;
  happenedMs = 0;

  constructor(clock: TestClock) {
    super();
    this.#clock = clock;
  }

  override publish(by: Publisher, event: NewEvent): void {
    super.publish(by, event);
    const when = { nowMs: this.#clock.nowMs(), happenedMs: this.happenedMs };
    this.published.push({ turnId: by.turnId, event, ...when });
  }
}

/**
 * A conversation as its real parts play it: open turns, interrupts, voices, tool calls and steps of one process, and the
 * workflow of each turn in the SDK's sandbox. Only time, providers, tools and the Temporal server are the test's, and
 * `picks` says which of what is due happens next.
 */
export class JointConversation {
  readonly effects: Effect[] = [];
  readonly asked: Asked = new Map();
  readonly written: Written = new Map();
  readonly ended: TurnEnded[] = [];
  readonly posted: string[] = [];
  readonly closed = new Map<string, readonly Item[]>();
  readonly clock = new TestClock();
  readonly stream = new WatchedStream(this.clock);
  readonly temporal: Temporal;
  readonly turns: LiveTurns;
  /** How long things were held back that could have happened. */
  heldBackMs = 0;
  readonly setting: JointSetting;
  readonly #gates = new Gates();
  readonly #agent: Agent;
  readonly #watch: RecordWatch;

  constructor(setting: JointSetting, sandbox: Sandbox, runsAhead = true) {
    this.setting = setting;
    this.#agent = createAgent(this.effects, this.#gates, setting.elsewhere);
    const model = createModel(setting.turns, this.#gates, this);
    const { steps } = createSteps({ agent: this.#agent, agentPath: '', model });
    const voice = { textToSpeech: createVoice(this.#gates), name: 'scripted', patienceMs: 60_000 };
    const ahead = runsAhead ? { ahead: steps } : {};
    const recordBargeIn = (turn: LiveTurn, { ...cut }: NonNullable<Interrupt['cut']>) => this.#recordBargeIn(turn, cut);
    this.turns = new LiveTurns({ voice, stream: this.stream, clock: this.clock, recordBargeIn, ...ahead });
    const deps = this.#dependencies(steps);
    const toolActivities = createToolActivities({
      calls: () => steps,
      openMetadata: () => noMetadata,
      onThrown: () => undefined,
      clock: this.clock,
    });
    const activities = { ...createHomeActivities(deps), ...createSharedActivities(deps), ...toolActivities };
    this.temporal = new Temporal(sandbox, this.clock, () => activities);
    this.#watch = new RecordWatch({
      openTurns: () => this.turns,
      ask: async ({ id }) => Promise.resolve(this.temporal.runs.get(id)?.end && GONE),
      onGone: (turn, end) => reportGone(deps, turn, end),
      clock: this.clock,
    });
  }

  async play(): Promise<void> {
    this.#watch.start();
    await this.#post();
    for (let count = 0; !(await this.#isOver(count)); count += 1) {
      for (const moment of this.setting.moments.filter(({ at }) => at === count)) await this.#do(moment);
      await this.#next(this.setting.picks[count % this.setting.picks.length] ?? 0);
      if (count > 3_000) throw new Error(`The conversation does not end: ${this.#open()}`);
    }
    this.#watch.stop();
    for (const { workflow } of this.temporal.runs.values()) await workflow.dispose();
    this.stream[Symbol.dispose]();
  }

  /** Timers that are left when all is over. */
  get timersLeft(): number {
    return this.clock.waiting;
  }

  async #isOver(count: number): Promise<boolean> {
    await settled();
    const isQuiet = this.turns.size === 0 && [...this.temporal.runs.values()].every(({ end }) => end);
    return isQuiet && this.#due().length === 0 && this.setting.moments.every(({ at }) => at < count);
  }

  #due(): Due[] {
    return [...this.#gates.due(), ...this.temporal.due()];
  }

  /** One thing that is due, or, seldom where there is something, time goes on to the next timer. */
  async #next(pick: number): Promise<void> {
    const due = this.#due();
    const chosen = pick % 5 === 4 ? undefined : due[pick % Math.max(1, due.length)];
    if (chosen) {
      this.stream.happenedMs = this.clock.nowMs();
      return void (await chosen.happen(pick));
    }
    const ms = this.clock.nextInMs ?? 0;
    if (due.length > 0) this.heldBackMs += ms;
    await this.clock.advance(ms);
  }

  async #do({ what, turn }: Moment): Promise<void> {
    if (what === 'post') return this.#post();
    const id = this.posted[turn] ?? this.posted[0] ?? '';
    const live = this.turns.get(id);
    if (what === 'speak') live?.interrupt({ id: `spoken-${this.clock.nowMs()}` });
    const run = this.temporal.runs.get(id);
    if (!run || run.end) return;
    if (what === 'signal') this.temporal.signal(id, { id: `signal-${this.clock.nowMs()}` });
    // Before its first step a turn is its post's to answer for, which gives it up when nothing comes.
    if (what === 'terminate' && live?.state === 'bound') this.temporal.terminate(run);
  }

  async #post(): Promise<void> {
    const number = this.posted.length + 1;
    if (number > this.setting.turns.length) return;
    const id = turnIdOf({ conversationId: 'joint', number });
    this.posted.push(id);
    const start = this.#startOf(number);
    this.turns.interruptAll('joint');
    const live = this.turns.open({ id, start, before: () => [], metadata: noMetadata });
    void live.closed.then(({ items }) => this.closed.set(id, items));
    this.stream.open(live.streamed, live.startedMs);
    live.play();
    await this.temporal.start(id, start, 'shared');
    void this.#gates.pass('start acknowledged').then(() => live.acknowledge());
  }

  #startOf(number: number): OpenedStart {
    const { deadlineMs = 30_000 } = this.setting.turns[number - 1] ?? {};
    const terms = { ...this.#agent.terms, deadlineMs };
    const told = { conversationId: 'joint', agent: 'joint', input: textInput(String(number - 1)), number, terms };
    return { ...told, modality: 'audio', home: 'home', history: { items: [] } };
  }

  #dependencies(steps: StepDependencies): ActivityDependencies {
    const { stream, turns } = this;
    return {
      ...{ agent: this.#agent, stepsFor: () => steps, home: 'home', stream, turns, leases: new NoLeases() },
      service: NO_SERVICE,
      hadEnded: async () => Promise.resolve(false),
      readTurn: async (id) => (await this.temporal.query(id, 'turnRecord')) as TurnRecord,
      conversations: {
        taken: async () => Promise.resolve(),
        ended: async (_, turn) => Promise.resolve(void this.ended.push(turn)),
        settingOf: ({ terms }) => Promise.resolve({ metadata: noMetadata, terms }),
        isFollowed: () => Promise.resolve(false),
      },
    };
  }

  async #recordBargeIn(turn: LiveTurn, cut: NonNullable<Interrupt['cut']>): Promise<'recorded' | 'gone'> {
    try {
      await this.temporal.update(turn.id, cut.id, { id: cut.id, cut });
      return 'recorded';
    } catch (error) {
      if (error instanceof WorkflowGone) return 'gone';
      throw error;
    }
  }

  #open(): string {
    const due = this.#due().map(({ what }) => what);
    return JSON.stringify({ due, open: this.turns.size, timers: this.clock.waiting, now: this.clock.nowMs() });
  }
}

/** Turns are posted by the conversation itself. */
const NO_SERVICE = {} as ActivityDependencies['service'];
const GONE = { outcome: 'failed', degraded: false, reason: 'its workflow was terminated' } as const;

/** What was set in motion has come to rest: nothing but the test moves anything on. */
async function settled(): Promise<void> {
  await turnOfLoop();
  await turnOfLoop();
}
