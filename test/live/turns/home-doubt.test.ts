import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import { HomeDoubt } from '../../../live/turns/home-doubt.ts';
import { callAtHome } from '../../../live/turns/home-steps.ts';
import type { Standing } from '../../../live/turns/leases.ts';
import type { LanguageModel } from '../../../providers/model.ts';
import { called } from '../../metadata.ts';
import { TestClock } from '../../test-clock.ts';
import { type HomeTurn, playAtHome } from '../home-turn.ts';

const TEXT = 'One is said. Two is said. Three is said.';
const SECOND = new Uint8Array(48_000);

const model: LanguageModel = {
  async *reply() {
    await Promise.resolve();
    yield { type: 'text', text: TEXT };
  },
};

/** A second for each sentence. */
const voice = {
  async *speak() {
    await Promise.resolve();
    yield SECOND;
  },
};

interface Doubted extends AsyncDisposable {
  readonly home: HomeTurn;
  readonly clock: TestClock;
  /** The machine is suspended for so long: its own clock stands still meanwhile. */
  readonly suspend: (ms: number) => void;
  readonly loseLease: () => void;
  /** What is asked from now on gets this answer; undefined: none. */
  readonly answer: (standing: Standing | undefined) => void;
}

/** A turn whose first sentence is playing. */
async function speak(options: Pick<Parameters<typeof playAtHome>[0], 'agent'> = { agent: {} }): Promise<Doubted> {
  const clock = new TestClock();
  const home = playAtHome({ ...options, model, clock, voice });
  let suspendedMs = 0;
  let loseLease: () => void = () => undefined;
  let answer: Promise<Standing> = Promise.resolve('ours');
  const doubt = new HomeDoubt({
    openTurns: () => home.turns,
    leases: { onLost: (listener) => void (loseLease = listener) },
    ask: () => answer,
    onReplaced: (turn) => home.turns.letGo(turn),
    clock,
    wallMs: () => clock.nowMs() + suspendedMs,
  });
  home.turns.look = () => doubt.look();
  home.turn.bind();
  await clock.advance(500);
  assert.deepEqual(sentences(home), ['One is said.']);
  return {
    ...{ home, clock },
    suspend: (ms) => void (suspendedMs += ms),
    loseLease: () => loseLease(),
    answer: (standing) => void (answer = standing ? Promise.resolve(standing) : new Promise(() => undefined)),
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  };
}

function sentences({ events }: HomeTurn): readonly string[] {
  return events.flatMap((event) => (event.type === 'speech.sentence' ? [event.text] : []));
}

test('home doubt: after the machine was suspended nothing is published before somebody has answered, and then all of it', async () => {
  await using doubted = await speak();
  const { home, clock, suspend, answer } = doubted;
  answer(undefined);
  suspend(60_000);
  const before = home.events.length;
  await clock.advance(5_000);
  assert.equal(home.events.length, before);
});

test('home doubt: a turn that is still this process’s goes on where it was', async () => {
  await using doubted = await speak();
  const { home, clock, suspend } = doubted;
  suspend(60_000);
  await clock.advance(5_000);
  assert.deepEqual(sentences(home).join(' '), TEXT);
  assert.equal(home.events.at(-1)?.type, 'step.finished');
});

test('home doubt: one that another process has taken falls silent, and its place is free', async () => {
  await using doubted = await speak();
  const { home, clock, suspend, answer } = doubted;
  answer('replaced');
  suspend(60_000);
  const before = home.events.length;
  await clock.advance(5_000);
  assert.equal(home.turn.state, 'replaced');
  assert.equal(home.events.length, before);
  assert.equal(home.turns.size, 0);
});

test('home doubt: a process that has stood still stays silent while nobody can be asked, and one that has not speaks on', async () => {
  for (const hasStood of [true, false]) {
    await using doubted = await speak();
    const { home, clock, suspend, loseLease, answer } = doubted;
    answer('unknown');
    if (hasStood) suspend(60_000);
    else loseLease();
    await clock.advance(5_000);
    assert.equal(sentences(home).length, hasStood ? 1 : 3);
    answer('ours');
    await clock.advance(5_000);
    assert.equal(sentences(home).length, 3);
  }
});

test('home doubt: a write is not begun after a stall before somebody has answered, and never where the turn is elsewhere', async () => {
  for (const [standing, runs] of [
    ['ours', 1],
    ['replaced', 0],
  ] as const) {
    let ran = 0;
    const book = defineTool({
      ...{ name: 'book', description: 'Books', input: z.object({}), effect: 'write' },
      start: 'at_once',
      run: () => {
        ran += 1;
        return 'booked';
      },
    });
    await using doubted = await speak({ agent: { tools: [book] } });
    const { home, clock, suspend, answer } = doubted;
    const policy = home.agent.tools.find('book')?.policyFor({}, called) ?? assert.fail();
    answer('unknown');
    suspend(60_000);
    const result = callAtHome(home.turn, { step: 'tool:1:0:book', name: 'book', arguments: {}, policy }, home.steps);
    await clock.advance(1_000);
    assert.equal(ran, 0);
    answer(standing);
    await clock.advance(1_000);
    assert.equal(ran, runs);
    if (standing === 'replaced') assert.equal((await result).error?.kind, 'cancelled');
  }
});
