import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Item } from '../../../contract/items.ts';
import type { BargeIn } from '../../../contract/barge-in.ts';
import type { ThinkInput } from '../../../contract/steps.ts';
import type { TurnStart } from '../../../contract/turn.ts';
import { createSandbox, type Job, type Sandbox } from '../../joint/hosted-workflow.ts';
import { POLICY } from '../../turn/played-turn.ts';
import { workflowBundle } from '../../workflow-bundle.ts';
import { HostedTurn, type StepResult } from './hosted-turn.ts';
import { textInput } from '../../text-input.ts';

let sandbox: Sandbox;
before(async () => {
  sandbox = await createSandbox(await workflowBundle());
});

/** Something that a task brings to a turn. */
export type Event = (turn: HostedTurn) => Job;

/** What was seen of a turn that is over. */
export interface Seen {
  /** The outcome, or the type of the failure. */
  readonly end: string;
  /** After the caller's words: what was heard of each speech, and what came of each call. */
  readonly items: readonly string[];
  /** Steps in states, in the order in which they began. */
  readonly steps: Readonly<Record<string, string>>;
  /** Of updates, by their ids. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** The calls whose results home was told, as it did not have them. */
  readonly told: readonly string[];
}

export interface Race {
  /** The events before, each in a task of its own. */
  readonly until: readonly Event[];
  /** The two that meet in one task. */
  readonly meet: readonly [Event, Event];
  /** They meet in the task that begins the turn. */
  readonly inFirstTask?: true;
  /** What steps come to that are open then, by the ids of their activities; they end first. Others end well, or as cancelled. */
  readonly home?: Readonly<Record<string, StepResult>>;
  /** What is seen, whichever of the two comes first. */
  readonly wins: Partial<Seen>;
}

/** A race has one winner: the same is seen of the turn in whichever order one task brings the two. */
export function testRaces(races: Readonly<Record<string, Race>>): void {
  for (const [title, race] of Object.entries(races))
    test(`in one task: ${title}`, async () => {
      const [one, other] = race.meet;
      for (const order of [
        [one, other],
        [other, one],
      ]) {
        const seen = await play(race, order);
        const wins = Object.keys(race.wins) as (keyof Seen)[];
        assert.deepEqual(Object.fromEntries(wins.map((of) => [of, seen[of]])), race.wins);
      }
    });
}

/** A turn whose first model call is open. */
export async function createTurn(): Promise<HostedTurn> {
  const turn = await HostedTurn.create(sandbox);
  await turn.task(turn.begin(INPUT));
  return turn;
}

async function play({ until, home = {}, inFirstTask }: Race, meeting: readonly Event[]): Promise<Seen> {
  const turn = inFirstTask ? await HostedTurn.create(sandbox) : await createTurn();
  for (const event of until) await turn.task(event(turn));
  const jobs = meeting.map((event) => event(turn));
  await turn.task(...(inFirstTask ? [turn.begin(INPUT)] : []), ...jobs);
  for (let count = 0; !turn.end; count += 1) {
    const open = [...turn.open.keys()];
    const step = open.find((one) => home[one]) ?? open[0];
    assert.ok(step !== undefined && count < 50, 'the turn does not end');
    await turn.task(turn.ended(step, home[step] ?? ofHome(turn, step)));
  }
  const { outcome, items, steps } = await turn.record();
  await turn.dispose();
  return {
    end: turn.end.failure?.type ?? String(outcome),
    items: items.slice(1).map(toLine),
    steps: Object.fromEntries(steps.map(({ id, state }) => [id, state])),
    answers: Object.fromEntries(turn.answers),
    told: [...turn.inputs.values()]
      .flatMap((input) => ((input ?? {}) as Partial<ThinkInput>).settled ?? [])
      .map(({ call }) => call),
  };
}

const INPUT: TurnStart = {
  ...{
    conversationId: 'races',
    agent: 'races',
    input: textInput('Hi'),
    modality: 'text' as const,
    number: 1,
    home: 'home',
  },
  ...{ terms: { deadlineMs: 5_000, maxRounds: 6, apology: 'Sorry.' }, history: { items: [] } },
};

function ofHome({ open, inputs }: HostedTurn, step: string): StepResult {
  const { type, isCancelled } = open.get(step) ?? assert.fail();
  if (isCancelled) return 'cancelled';
  if (type === 'voice') return { result: { heardText: (inputs.get(step) as { text: string }).text, durationMs: 100 } };
  if (type === 'think') return ANSWER;
  return type === 'callTool' ? FOUND : { result: undefined };
}

function toLine(item: Item): string {
  if (item.type === 'speech') return `${item.kind}: ${item.heardText}`;
  if (item.type === 'result') return `${item.call}: ${item.ok ? JSON.stringify(item.result) : item.error?.kind}`;
  return item.type;
}

// What a turn of these tests is made of.

export const ANSWER: StepResult = { result: { text: 'That is all.', calls: [] } };
export const FOUND: StepResult = { result: { ok: true, result: 'done', attempts: 1, durationMs: 5 } };
export const HEARD: StepResult = { result: { heardText: 'That is all.', durationMs: 100 } };
export const MODEL_FAILED: StepResult = { failure: 'Model.Failed', details: [{ said: '' }] };
export const OUT_OF_TIME: StepResult = { timeout: 'START_TO_CLOSE' };

export const look = { name: 'look', arguments: {}, policy: POLICY };
export const wait = { name: 'wait', arguments: {}, policy: { ...POLICY, onBargeIn: 'block' } };
export const book = { name: 'book', arguments: {}, policy: { ...POLICY, effect: 'write', onBargeIn: 'continue' } };

export const asksFor = (...calls: object[]): StepResult => ({ result: { text: '', calls } });

export const ended =
  (step: string, result: StepResult): Event =>
  (turn) =>
    turn.ended(step, result);
export const deadline: Event = (turn) => turn.deadline();
export const cancelling: Event = (turn) => turn.cancel();
export const signal =
  (id?: string): Event =>
  (turn) =>
    turn.signal(id === undefined ? undefined : { id });
export const update =
  (id: string): Event =>
  (turn) =>
    turn.update(id, { id });
/** Home has decided a barge-in, and tells it. */
export const account =
  (bargeIn: BargeIn): Event =>
  (turn) =>
    turn.update(bargeIn.id, { id: bargeIn.id, cut: bargeIn });

/** Home's account of a barge-in before which nothing had ended but the first model call. */
export function bargeInWith(more: Partial<BargeIn> = {}): BargeIn {
  return { id: 'x', number: 1, settled: ['think:1'], begun: [], said: [], answers: false, ...more };
}

/** A speech as far as it was heard. */
export function said(speech: string, kind: 'answer' | 'apology', heardText: string): BargeIn['said'][number] {
  const text = kind === 'answer' ? 'That is all.' : 'Sorry.';
  return { speech, kind, text, voiced: { heardText, durationMs: 60, interrupted: true } };
}
