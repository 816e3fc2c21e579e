import { setTimeout as delay } from 'node:timers/promises';
import { createLegatoClient } from 'legato/client';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import { turnIdOf } from '../../contract/messages.ts';
import { Seeded } from './seeded.ts';
import type { ServingProcess } from '../serving-process.ts';
import { createBarrier, type Barrier } from './barrier.ts';
import { serveAgent, type ServedAgent } from './served-agent.ts';
import { faultsOf } from './turn-faults.ts';
import { WatchedTurn } from './watched-turn.ts';

export interface KillOptions {
  readonly seed: number;
  /** How many turns are to be killed within 50 ms of a step's completion. */
  readonly turns: number;
  /** After so many kills it ends all the same. */
  readonly kills?: number;
  readonly log?: (line: string) => void;
}

export interface KillReport {
  readonly kills: number;
  readonly played: number;
  readonly killed: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Each with the turn it was found in. */
  readonly faults: readonly string[];
}

/** From the completion to the kill. */
const WITHIN_MS = 50;
const TURNS_AT_ONCE = 10;
const rules: readonly ScriptRule[] = [
  { when: { afterTool: true }, reply: { text: 'That is done.' } },
  { when: { user: 'both' }, reply: { calls: ['look', 'book'].map((name) => ({ name, arguments: {} })) } },
  { when: { user: 'twice' }, reply: { calls: ['book', 'book'].map((name) => ({ name, arguments: {} })) } },
  { when: { user: 'look' }, reply: { text: 'One moment.', calls: [{ name: 'look', arguments: {} }] } },
  { when: { user: 'book' }, reply: { calls: [{ name: 'book', arguments: {} }] } },
];
const WORDS = ['both', 'twice', 'look', 'book', 'book'] as const;
/** The activity whose completion the kill follows. */
const AIMS = ['callTool', 'callTool', 'callTool', 'callTool', 'think', 'voice'] as const;
/** Short enough that its timer fires before the next process is there; or long, so that it does not. */
const DEADLINES_MS = [2_500, 2_500, 30_000] as const;

/**
 * Kills a process with several turns at a random moment within 50 ms after one of their steps was seen to be complete, has
 * the next process end them, and looks at each; over and over, until so many turns were killed so soon after a completion.
 *
 * Their tools wait for each other, so that they end together and, where the deadline is short, shortly before it: its
 * timer then fires while no process is there, and the record gets both at once.
 */
export async function runKills({ log = () => undefined, ...options }: KillOptions): Promise<KillReport> {
  await using agent = await serveAgent(rules);
  await using barrier = await createBarrier();
  const run = new KillRun({ agent, barrier, chance: new Seeded(options.seed), log });
  return await run.until(options);
}

interface Setting {
  readonly agent: ServedAgent;
  readonly barrier: Barrier;
  readonly chance: Seeded;
  readonly log: (line: string) => void;
}

interface Served extends ServingProcess {
  readonly deadlineMs: number;
}

/** A turn that was posted; undefined where it was not accepted before the kill. */
interface Posted {
  readonly conversationId: string;
  readonly id: string;
  readonly isAccepted: boolean;
  readonly turn: WatchedTurn;
}

class KillRun {
  readonly #setting: Setting;
  #conversations: readonly string[] = [];
  #kills = 0;
  #played = 0;
  #killed = 0;
  readonly #outcomes: Record<string, number> = {};
  readonly #faults: string[] = [];
  /** By conversation and number, the turn that has it. */
  readonly #numbers = new Map<string, string>();
  /** The number of the latest turn, by conversation. */
  readonly #latest = new Map<string, number>();

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  async until({ turns, kills = Infinity }: Pick<KillOptions, 'turns' | 'kills'>): Promise<KillReport> {
    let serving = await this.#start();
    const legato = createLegatoClient({ baseUrl: serving.url });
    const created = Array.from({ length: TURNS_AT_ONCE }, () => legato.createConversation());
    this.#conversations = (await Promise.all(created)).map(({ id }) => id);
    try {
      while (this.#killed < turns && this.#kills < kills) serving = await this.#killOnce(serving);
    } finally {
      await serving.kill();
    }
    const counts = { kills: this.#kills, played: this.#played, killed: this.#killed };
    return { ...counts, outcomes: this.#outcomes, faults: this.#faults };
  }

  async #start(): Promise<Served> {
    const { agent, barrier, chance } = this.#setting;
    const deadlineMs = chance.pick(DEADLINES_MS);
    return { ...(await agent.start({ barrier: barrier.url, deadlineMs })), deadlineMs };
  }

  /** One batch of turns; resolves with the process that has ended them. */
  async #killOnce(serving: Served): Promise<Served> {
    const { barrier, chance, log } = this.#setting;
    const aim = chance.pick(AIMS);
    const seen = Promise.withResolvers<void>();
    barrier.close();
    this.#kills += 1;
    const postedMs = performance.now();
    const posting = this.#post(serving, (type) => type === aim && seen.resolve());
    if (aim !== 'think') await this.#hold(serving.deadlineMs, postedMs);
    barrier.open();
    // If no step completes, the process is killed all the same.
    await Promise.race([seen.promise, delay(2 * DEADLINES_MS[0], undefined, { ref: false })]);
    await delay(chance.between(0, WITHIN_MS));
    const killedMs = Date.now();
    await serving.kill();
    const next = await this.#start();
    const posted = (await Promise.all(posting)).filter((one) => one !== undefined);
    const found = this.#faults.length;
    for (const one of posted) await this.#judge(one);
    const killed = posted.filter(({ turn }) => turn.hasCompletedWithin(WITHIN_MS, killedMs)).length;
    this.#played += posted.length;
    this.#killed += killed;
    log(`kill ${this.#kills} after ${aim}: ${killed} of ${posted.length} turns, ${this.#faults.length - found} faults`);
    return next;
  }

  #post({ url }: Served, onCompletion: (type: string) => void): Promise<Posted | undefined>[] {
    const { agent, chance } = this.#setting;
    const legato = createLegatoClient({ baseUrl: url });
    const idempotencyKey = `kill-${this.#kills}`;
    return this.#conversations.map(async (conversationId) => {
      const turn = { text: chance.pick(WORDS), modality: 'text' } as const;
      const number = (this.#latest.get(conversationId) ?? 0) + 1;
      try {
        const { id, number: given } = await legato.startTurn(conversationId, turn, { idempotencyKey });
        this.#latest.set(conversationId, given);
        const watched = new WatchedTurn(agent.client, id, onCompletion);
        return { conversationId, id, isAccepted: true, turn: watched };
      } catch {
        // Killed before it was accepted: it may be there all the same.
        const id = turnIdOf({ conversationId, number });
        const isThere = await agent.client.workflow
          .getHandle(id)
          .describe()
          .then(
            () => true,
            () => false,
          );
        if (!isThere) return undefined;
        this.#latest.set(conversationId, number);
        return { conversationId, id, isAccepted: false, turn: new WatchedTurn(agent.client, id) };
      }
    });
  }

  /** Until some tool waits and, where the deadline is short, nearly up to it. */
  async #hold(deadlineMs: number, postedMs: number): Promise<void> {
    const { barrier, chance } = this.#setting;
    const untilMs = postedMs + Math.min(deadlineMs, DEADLINES_MS[0]) - chance.between(0, 700);
    await Promise.race([barrier.someone(), delay(deadlineMs, undefined, { ref: false })]);
    await delay(Math.max(0, untilMs - performance.now()));
  }

  async #judge({ conversationId, id, isAccepted, turn }: Posted): Promise<void> {
    const { agent, log } = this.#setting;
    const report = (fault: string): void => {
      this.#faults.push(`${id}: ${fault}`);
      log(`  ${id}: ${fault}`);
    };
    const result = await turn.result().catch((error: unknown) => (error instanceof Error ? error : new Error('none')));
    const outcome = result instanceof Error ? 'abandoned' : result === 'left open' ? result : result.outcome;
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1;
    if (result === 'left open') return void report('it was left open');
    if (result instanceof Error)
      return void (isAccepted && report(`it was accepted and has no result: ${result.message}`));
    const runs = agent.runs();
    for (const fault of faultsOf({ id, result, events: turn.events, runs })) report(fault);
    const place = `${conversationId} ${result.number}`;
    const other = this.#numbers.get(place);
    if (other !== undefined) report(`it has the number ${result.number}, as has ${other}`);
    this.#numbers.set(place, id);
  }
}
