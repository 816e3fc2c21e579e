import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { devNull } from 'node:os';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLegatoClient, type LegatoClient } from 'legato/client';
import type { ServedEvent } from '../../contract/http.ts';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import { startServing, type ServingProcess } from '../serving-process.ts';
import { needsRedis, startRedis } from './redis-server.ts';

// The process that speaks is killed. Another one, which has Redis in common with it, goes on for readers that are connected to it,
// and for those that come to it from the dead process.

const STORY = [
  'It begins at sea.',
  'A ship leaves the harbour at night.',
  'Its captain does not sleep.',
  'At dawn there is a light.',
];

const RULES: readonly ScriptRule[] = [
  { when: { afterTool: true }, reply: { text: 'I do not know whether it is done.' } },
  { when: { user: 'book' }, reply: { text: 'I am booking it now.', calls: [{ name: 'book', arguments: {} }] } },
  { reply: { text: STORY.join(' ') } },
];

async function read(legato: LegatoClient, turn: string, afterSeq = 0): Promise<readonly ServedEvent[]> {
  return Array.fromAsync(legato.events(turn, { audio: true, afterSeq }));
}

function assertRises(events: readonly ServedEvent[]): void {
  for (const [at, { seq, atMs, type }] of events.entries()) {
    const before = events[at - 1];
    assert.ok(!before || (seq > before.seq && atMs >= before.atMs), `${type} ${seq} at ${atMs} ms`);
  }
}

const sentencesOf = (events: readonly ServedEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'speech.sentence' ? [event.text] : []));

interface Speaking extends AsyncDisposable {
  readonly processes: readonly [ServingProcess, ServingProcess];
  /** Of the first process, which is home, and of the second one. */
  readonly home: LegatoClient;
  readonly other: LegatoClient;
  readonly turn: string;
  /** The last event that both have. */
  readonly lastSeq: number;
  /** All events, of a reader that has been at the second process from the beginning. */
  readonly whole: Promise<readonly ServedEvent[]>;
}

interface Told {
  readonly words: string;
  /** Both have it, of the first process, when the test begins. */
  readonly until: (event: ServedEvent) => boolean;
}

const THIRD_SENTENCE: Told = {
  words: 'Tell me',
  until: (event) => event.type === 'speech.sentence' && event.index === 2,
};

/** Two processes with one Redis, and a turn that the first one is saying. */
async function speak({ words, until }: Told = THIRD_SENTENCE): Promise<Speaking> {
  await using stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const scripted = await startScriptedServer({ speech: 'tone', rules: RULES });
  stack.defer(() => scripted.stop());
  const env = {
    LEGATO_AGENT: fileURLToPath(new URL('../durability/agent.ts', import.meta.url)),
    FIXTURE_AGENT: `taken-${randomUUID().slice(0, 8)}`,
    ...{ FIXTURE_LOG: devNull, FIXTURE_HANGS: '1' },
    ...{ OPENAI_API_KEY: 'none', OPENAI_BASE_URL: scripted.url, REDIS_URL: redis.url },
  };
  const processes = await Promise.all([startServing(env), startServing(env)]);
  for (const one of processes) stack.defer(() => one.kill());
  const [home, other] = processes.map(({ url }) => createLegatoClient({ baseUrl: url }));
  assert.ok(home && other);
  const { id: conversation } = await home.createConversation();
  const { id: turn } = await home.startTurn(conversation, { text: words });
  const whole = read(other, turn);
  let lastSeq = 0;
  for await (const event of home.events(turn, { audio: true })) {
    lastSeq = event.seq;
    if (until(event)) break;
  }
  for await (const event of other.events(turn, { audio: true })) if (event.seq >= lastSeq) break;
  const opened = stack.move();
  return { processes, home, other, turn, lastSeq, whole, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** All was said, nothing twice but at most the sentence that was playing, and the record has it once. */
async function assertWhole({ other, turn }: Speaking, events: readonly ServedEvent[]): Promise<void> {
  assertRises(events);
  assert.equal(events.filter(({ type }) => type === 'turn.started').length, 1);
  const said = sentencesOf(events);
  assert.deepEqual([...new Set(said)], STORY);
  assert.ok(
    said.length === STORY.length || (said.length === STORY.length + 1 && said[3] === STORY[2]),
    said.join(' | '),
  );
  const [cut, finished, ...more] = events.filter(({ type }) => type === 'speech.cut' || type === 'speech.finished');
  assert.deepEqual([cut?.type, finished?.type, more], ['speech.cut', 'speech.finished', []]);
  const { items, outcome } = await other.turn(turn);
  assert.equal(outcome, 'answered');
  const speeches = items.flatMap((item) => (item.type === 'speech' ? [[item.text, item.heardText]] : []));
  assert.deepEqual(speeches, [[STORY.join(' '), STORY.join(' ')]]);
}

test(
  'mid-sentence: readers elsewhere hear the rest from the next home, whether they were there before or come from the dead one',
  needsRedis,
  async () => {
    await using speaking = await speak();
    const { processes, other, turn, lastSeq, whole } = speaking;
    await processes[0].kill();
    const [events, rest] = await Promise.all([whole, read(other, turn, lastSeq)]);
    assert.deepEqual(
      rest,
      events.filter(({ seq }) => seq > lastSeq),
    );
    await assertWhole(speaking, events);
  },
);

test(
  'mid-sentence: a home that was stopped and goes on says not another word, and its readers hear the new one',
  needsRedis,
  async () => {
    await using speaking = await speak();
    const { processes, home, turn, lastSeq, whole } = speaking;
    const here = read(home, turn, lastSeq);
    processes[0].pause();
    // The other one has taken the turn once it says something of its own.
    for await (const event of speaking.other.events(turn, { afterSeq: lastSeq, audio: true }))
      if (event.seq > 1_000_000) break;
    processes[0].resume();
    const events = await whole;
    await assertWhole(speaking, events);
    assert.deepEqual(
      await here,
      events.filter(({ seq }) => seq > lastSeq),
    );
    const metrics = await (await fetch(`${processes[0].url}/metrics`)).text();
    assert.match(metrics, /^legato_open_turns 0$/m);
  },
);

test(
  'mid-sentence: a preamble that was said whole before its home was lost in a write is heard, for readers and for the record',
  needsRedis,
  async () => {
    const until: Told['until'] = ({ type }) => type === 'speech.finished';
    await using speaking = await speak({ words: 'book', until });
    await speaking.processes[0].kill();
    const events = await speaking.whole;
    assertRises(events);
    const said = ['I am booking it now.', 'I do not know whether it is done.'];
    assert.deepEqual(sentencesOf(events), said);
    const { items } = await speaking.other.turn(speaking.turn);
    const heard = items.flatMap((item) => (item.type === 'speech' ? [item.heardText] : []));
    assert.deepEqual(heard, said);
    assert.deepEqual(
      items.flatMap((item) => (item.type === 'result' ? [item.error?.kind] : [])),
      ['outcome_unknown'],
    );
  },
);
