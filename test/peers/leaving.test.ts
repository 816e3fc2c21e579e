import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLegatoClient, type LegatoClient } from 'legato/client';
import type { ServedEvent } from '../../contract/http.ts';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import { startServing, type ServingProcess } from '../serving-process.ts';
import { needsRedis, startRedis } from './redis-server.ts';

// A process that speaks is asked to stop, as in every update. Another one of its agent lives, or joins.

const STORY = [
  'It begins at sea.',
  'A ship leaves the harbour at night.',
  'Its captain does not sleep.',
  'At dawn there is a light.',
];
/** Of the first home: sequence numbers of the next one are higher. */
const FIRST_EPOCH_SEQ = 1_000_000;

interface Leaving extends AsyncDisposable {
  readonly home: LegatoClient;
  readonly leaving: ServingProcess;
  /** Another process, which shares what the first one has. */
  readonly join: () => Promise<ServingProcess>;
}

async function serve(shared: Record<string, string>): Promise<Leaving> {
  const processes: ServingProcess[] = [];
  const scripted = await startScriptedServer({ speech: 'tone', rules: [{ reply: { text: STORY.join(' ') } }] });
  const env = {
    LEGATO_AGENT: fileURLToPath(new URL('../durability/agent.ts', import.meta.url)),
    FIXTURE_AGENT: `leaving-${randomUUID().slice(0, 8)}`,
    ...{ OPENAI_API_KEY: 'none', OPENAI_BASE_URL: scripted.url, LEGATO_GRACE_MS: '10', ...shared },
  };
  const join = async (): Promise<ServingProcess> => {
    const joined = await startServing(env);
    processes.push(joined);
    return joined;
  };
  const end = async (): Promise<void> => {
    await Promise.all(processes.map((one) => one.kill()));
    await scripted.stop();
  };
  const leaving = await join();
  const home = createLegatoClient({ baseUrl: leaving.url });
  return { home, leaving, join, [Symbol.asyncDispose]: end };
}

async function beginToSpeak(home: LegatoClient): Promise<{ readonly turn: string; readonly conversation: string }> {
  const { id: conversation } = await home.createConversation();
  const { id: turn } = await home.startTurn(conversation, { text: 'Tell me' });
  return { turn, conversation };
}

/** Resolves with the last event when the second sentence is being said. */
async function secondSentence(home: LegatoClient, turn: string): Promise<number> {
  for await (const event of home.events(turn))
    if (event.type === 'speech.sentence' && event.index === 1) return event.seq;
  return assert.fail('The turn ended');
}

const sentencesOf = (events: readonly ServedEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'speech.sentence' ? [event.text] : []));

async function assertSaidOnce(legato: LegatoClient, turn: string): Promise<void> {
  const { items, outcome } = await legato.turn(turn);
  assert.equal(outcome, 'answered');
  const speeches = items.flatMap((item) => (item.type === 'speech' ? [[item.text, item.heardText]] : []));
  assert.deepEqual(speeches, [[STORY.join(' '), STORY.join(' ')]]);
}

test(
  'leaving: a process that stops says its sentence to the end, and the next one goes on with the one after it, for all readers',
  needsRedis,
  async () => {
    await using redis = await startRedis();
    await using served = await serve({ REDIS_URL: redis.url });
    const { home, leaving } = served;
    const before = await beginToSpeak(home);
    const undisturbed = Array.fromAsync(home.events(before.turn));
    const joined = createLegatoClient({ baseUrl: (await served.join()).url });
    assert.deepEqual(sentencesOf(await undisturbed), STORY);
    const { turn, conversation } = await beginToSpeak(home);
    const whole = Array.fromAsync(joined.events(turn, { audio: true }));
    const seq = await secondSentence(home, turn);
    const stopped = leaving.stop();
    const rest = await Array.fromAsync(joined.events(turn, { audio: true, afterSeq: seq }));
    const events = await whole;
    assert.deepEqual(sentencesOf(events), STORY);
    assert.deepEqual(
      rest,
      events.filter((event) => event.seq > seq),
    );
    const moved = events.findIndex((event) => event.seq > FIRST_EPOCH_SEQ);
    const { type, text, heardText } = events[moved] as ServedEvent & { text?: string; heardText?: string };
    assert.equal(type, 'speech.cut');
    assert.equal(text, heardText, 'the sentence that was playing was heard to its end');
    assert.equal(await stopped, 0);
    await assertSaidOnce(joined, turn);
    const next = await joined.startTurn(conversation, { text: 'And then?', modality: 'text' });
    assert.equal(next.number, 2);
  },
);

test('leaving: without Redis too nothing is said twice, or left out', async () => {
  await using served = await serve({});
  const { home, leaving } = served;
  const other = createLegatoClient({ baseUrl: (await served.join()).url });
  const { turn } = await beginToSpeak(home);
  await secondSentence(home, turn);
  const here: ServedEvent[] = [];
  const gone = new AbortController();
  const reading = (async () => {
    for await (const event of home.events(turn, { signal: gone.signal })) here.push(event);
  })().catch(() => undefined); // its process is gone
  assert.equal(await leaving.stop(), 0);
  gone.abort();
  const there = await Array.fromAsync(other.events(turn));
  await reading;
  assert.ok(sentencesOf(here).length < STORY.length, 'the rest is said by the next home');
  assert.deepEqual([...sentencesOf(here), ...sentencesOf(there)], STORY);
  await assertSaidOnce(other, turn);
});
