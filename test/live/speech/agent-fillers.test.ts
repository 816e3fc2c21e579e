import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import { BYTES_PER_MS } from '../../../contract/audio.ts';
import { ProviderFailure } from '../../../providers/failure.ts';
import type { LanguageModel, ModelChunk } from '../../../providers/model.ts';
import type { TextToSpeech } from '../../../providers/text-to-speech.ts';
import { transcript } from '../../../turn/transcript.ts';
import { TestClock } from '../../test-clock.ts';
import { type HomeTurn, type HomeTurnOptions, playAtHome } from '../home-turn.ts';
import { textInput } from '../../text-input.ts';

// What is said while the caller waits for the model, or for a tool that has no fillers of its own.

const FILLERS = [
  { afterMs: 2_000, say: 'One moment.' },
  { afterMs: 6_000, say: 'I am still thinking. Please stay on the line.' },
];
/** Of a sentence. */
const SPEECH_MS = 1_000;

/** Says each sentence in a second. */
const voice: TextToSpeech = {
  async *speak() {
    yield await Promise.resolve(new Uint8Array(SPEECH_MS * BYTES_PER_MS));
  },
};

/** A model that does, at each time since it was asked, what stands beside it. */
type Plan = readonly [atMs: number, piece: ModelChunk | 'fails'][];

function modelOf(clock: TestClock, ...plans: readonly Plan[]): LanguageModel {
  let asked = 0;
  return {
    async *reply(_, signal) {
      const plan = plans[asked] ?? [[0, text('That is all.')]];
      asked += 1;
      const startedMs = clock.nowMs();
      for (const [atMs, piece] of plan) {
        await new Promise<void>((resolve) => {
          clock.after(startedMs + atMs - clock.nowMs(), resolve);
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
        signal.throwIfAborted();
        if (piece === 'fails') throw new ProviderFailure('It is down', { retryable: false });
        yield piece;
      }
    },
  };
}

const text = (words: string): ModelChunk => ({ type: 'text', text: words });
const call = (name: string, index = 0): ModelChunk => ({ type: 'call', index, name, arguments: '{}' });

function play(options: Partial<HomeTurnOptions> & { readonly plans: readonly Plan[] }): {
  readonly clock: TestClock;
  readonly home: HomeTurn;
} {
  const clock = new TestClock();
  const model = modelOf(clock, ...options.plans);
  const agent = { fillers: FILLERS, modelTimeoutMs: 20_000, ...options.agent };
  return { clock, home: playAtHome({ ...options, agent, model, clock, voice }) };
}

/** The sentences that were published until now. */
function said(home: HomeTurn): readonly string[] {
  return home.events.flatMap((event) => (event.type === 'speech.sentence' ? [event.text] : []));
}

function items(home: HomeTurn): readonly string[] {
  return transcript(textInput('Hello'), home.turn.played.rounds).map((item) =>
    item.type === 'speech' ? `${item.kind} ${item.speech}: ${item.heardText}` : item.type,
  );
}

test('agent fillers: they are said while the model is silent, each at its time, and stand before the answer', async () => {
  const { clock, home } = play({ plans: [[[9_000, text('Here it is.')]]] });
  await using _ = home;
  await clock.advance(1_999);
  assert.deepEqual(said(home), []);
  await clock.advance(1);
  assert.deepEqual(said(home), ['One moment.']);
  await clock.advance(3_999);
  assert.equal(said(home).length, 1);
  await clock.advance(10_000);
  assert.deepEqual(items(home), [
    'user',
    'filler 1-1001: One moment.',
    'filler 1-1002: I am still thinking. Please stay on the line.',
    'answer 1-1: Here it is.',
  ]);
  assert.equal(home.turn.played.ending, 'answered');
});

test('agent fillers: the first words of the model end the wait, and one that is being said ends with its sentence', async () => {
  const { clock, home } = play({ plans: [[[6_500, text('Here it is.')]]] });
  await using _ = home;
  await clock.advance(20_000);
  assert.deepEqual(said(home), ['One moment.', 'I am still thinking.', 'Here it is.']);
  assert.deepEqual(items(home).slice(2), ['filler 1-1002: I am still thinking.', 'answer 1-1: Here it is.']);
  const order = home.events.flatMap((event) =>
    event.type === 'speech.finished' || event.type === 'speech.started' ? [`${event.type} ${event.speech}`] : [],
  );
  assert.deepEqual(order.slice(-4), [
    'speech.started 1-1002',
    'speech.finished 1-1002',
    'speech.started 1-1',
    'speech.finished 1-1',
  ]);
});

test('agent fillers: none is said where the model answers in time, nor where it goes on slowly', async () => {
  const { clock, home } = play({
    plans: [
      [
        [1_900, text('Here ')],
        [9_000, text('it is.')],
      ],
    ],
  });
  await using _ = home;
  await clock.advance(20_000);
  assert.deepEqual(said(home), ['Here it is.']);
});

test('agent fillers: none is said within 1.5 s after the preamble, however long the model was asked for', async () => {
  const look = defineTool({
    name: 'look',
    description: 'Looks it up',
    input: z.object({}),
    effect: 'read',
    run: () => 'found',
  });
  const preamble = { type: 'call', index: 0, name: 'look', arguments: '{"preamble":"Let me look for that."}' } as const;
  const fillers = [{ afterMs: 500, say: 'One moment.' }];
  const { clock, home } = play({
    agent: { tools: [look], fillers },
    plans: [[[0, preamble]], [[9_000, text('Here it is.')]]],
  });
  await using _ = home;
  // The preamble plays for a second; the second call to the model has been under way since its beginning.
  await clock.advance(SPEECH_MS + 1_400);
  assert.deepEqual(said(home), ['Let me look for that.']);
  await clock.advance(200);
  assert.deepEqual(said(home), ['Let me look for that.', 'One moment.']);
});

test('agent fillers: a sole phrase is said in each round that is slow', async () => {
  const tool = defineTool({
    name: 'look',
    description: 'Looks it up',
    input: z.object({}),
    effect: 'read',
    preamble: 'off',
    fillers: [],
    run: () => 'found',
  });
  const fillers = [{ afterMs: 1_000, say: 'One moment.' }];
  const { clock, home } = play({
    agent: { tools: [tool], fillers },
    plans: [[[5_000, call('look')]], [[5_000, text('Here it is.')]]],
  });
  await using _ = home;
  await clock.advance(20_000);
  assert.deepEqual(said(home), ['One moment.', 'One moment.', 'Here it is.']);
});

const slow = (name: string, clock: () => TestClock, more: object = {}) =>
  defineTool({
    name,
    description: name,
    input: z.object({}),
    effect: 'read',
    preamble: 'off',
    timeoutMs: 30_000,
    budgetMs: 30_000,
    run: () => new Promise((resolve) => clock().after(9_000, () => resolve(name))),
    ...more,
  });

test('agent fillers: tools that have none of their own share them, and those that have some, or want none, do not', async () => {
  let clock = new TestClock();
  const now = (): TestClock => clock;
  const tools = [
    slow('first', now),
    slow('second', now),
    slow('own', now, { fillers: [{ afterMs: 4_000, say: 'The stock is being counted.' }] }),
    slow('quiet', now, { fillers: [] }),
  ];
  const calls = tools.map(({ name }, index): [number, ModelChunk] => [0, call(name, index)]);
  const played = play({ agent: { tools }, plans: [calls] });
  clock = played.clock;
  await using home = played.home;
  await clock.advance(20_000);
  assert.deepEqual(said(home), [
    'One moment.',
    'The stock is being counted.',
    'I am still thinking.',
    'Please stay on the line.',
    'That is all.',
  ]);
  assert.deepEqual(items(home), [
    ...['user', 'call', 'call', 'call', 'call'],
    'filler 1-3: One moment.',
    'filler 1-4: The stock is being counted.',
    'filler 1-5: I am still thinking. Please stay on the line.',
    ...['result', 'result', 'result', 'result'],
    'answer 2-1: That is all.',
  ]);
});

test('agent fillers: a tool that wants none runs in silence', async () => {
  let clock = new TestClock();
  const tools = [slow('quiet', () => clock, { fillers: [] })];
  const played = play({ agent: { tools }, plans: [[[0, call('quiet')]]] });
  clock = played.clock;
  await using home = played.home;
  await clock.advance(20_000);
  assert.deepEqual(said(home), ['That is all.']);
});

test('agent fillers: a barge-in while one is said leaves of it what was heard, and nothing follows', async () => {
  const { clock, home } = play({ plans: [[[9_000, text('Here it is.')]]] });
  await using _ = home;
  await clock.advance(2_500);
  const { bargeIn, answer } = home.turn.interrupt({ id: 'stop' });
  assert.equal(answer.heardText, 'One');
  assert.deepEqual(
    bargeIn?.said.map(({ speech, kind, voiced }) => [speech, kind, voiced?.heardText, voiced?.interrupted]),
    [['1-1001', 'filler', 'One', true]],
  );
  await clock.advance(20_000);
  assert.deepEqual(items(home), ['user', 'filler 1-1001: One']);
  assert.deepEqual([home.turn.played.finished, home.turn.played.ending], [true, 'interrupted']);
  assert.equal(clock.waiting, 0);
});

test('agent fillers: where the model then fails, they stand before the apology', async () => {
  const { clock, home } = play({ plans: [[[4_000, 'fails']]] });
  await using _ = home;
  await clock.advance(20_000);
  assert.deepEqual(items(home), [
    'user',
    'filler 1-1001: One moment.',
    'apology 1-2: I am sorry, something went wrong on my side. Please try again in a moment.',
  ]);
  assert.equal(home.turn.played.ending, 'failed');
});
