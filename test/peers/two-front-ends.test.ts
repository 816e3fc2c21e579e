import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLegatoClient, type LegatoClient } from 'legato/client';
import type { ServedEvent } from '../../contract/http.ts';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import { startServing } from '../serving-process.ts';
import { needsRedis, type RedisServer, startRedis } from './redis-server.ts';

// Two processes of an agent, with one Temporal and one Redis. Turns are posted at the first one.

const SENTENCE = 'It takes a while to say all of this.';
const LONG = `${SENTENCE} ${'And then there is always some more of it to be said. '.repeat(6)}`;

interface FrontEnds extends AsyncDisposable {
  readonly redis: RedisServer;
  readonly home: LegatoClient;
  readonly other: LegatoClient;
  readonly logged: () => string;
}

async function startFrontEnds(): Promise<FrontEnds> {
  await using stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const scripted = await startScriptedServer({
    speech: 'tone',
    rules: [{ when: { user: 'Briefly' }, reply: { text: 'Yes.' } }, { reply: { text: LONG } }],
  });
  stack.defer(() => scripted.stop());
  const env = {
    LEGATO_AGENT: fileURLToPath(new URL('../durability/agent.ts', import.meta.url)),
    FIXTURE_AGENT: `shared-${randomUUID().slice(0, 8)}`,
    ...{ OPENAI_API_KEY: 'none', OPENAI_BASE_URL: scripted.url, REDIS_URL: redis.url },
  };
  const serving = await Promise.all([startServing(env), startServing(env)]);
  for (const one of serving) stack.defer(() => one.kill());
  const [home, other] = serving.map(({ url }) => createLegatoClient({ baseUrl: url }));
  assert.ok(home && other);
  const opened = stack.move();
  return {
    ...{ redis, home, other },
    logged: () => serving.map((one) => one.logged()).join('\n'),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function begin({ home }: FrontEnds, more: { text?: string; playout?: 'client' } = {}): Promise<string> {
  const { id } = await home.createConversation();
  return (await home.startTurn(id, { text: 'Hi', ...more })).id;
}

/** The first event of this type that a reader at this front end gets. */
async function eventOf<T extends ServedEvent['type']>(
  legato: LegatoClient,
  turn: string,
  type: T,
): Promise<Extract<ServedEvent, { type: T }>> {
  for await (const event of legato.events(turn, { audio: true }))
    if (event.type === type) return event as Extract<ServedEvent, { type: T }>;
  return assert.fail(`The turn ended without '${type}'`);
}

test(
  'two front ends: readers at both get the same events and audio of a turn, live, and go on at the other one',
  needsRedis,
  async () => {
    await using frontEnds = await startFrontEnds();
    const { home, other } = frontEnds;
    const turn = await begin(frontEnds, { text: 'Briefly' });
    const [here = [], there] = await Promise.all(
      [home, other].map((legato) => Array.fromAsync(legato.events(turn, { audio: true }))),
    );
    assert.ok(here.some(({ type }) => type === 'speech.audio') && here.at(-1)?.type === 'turn.finished');
    assert.deepEqual(there, here);
    const third = here[2];
    assert.ok(third);
    const rest = await Array.fromAsync(other.events(turn, { audio: true, afterSeq: third.seq }));
    assert.deepEqual(rest, here.slice(3));
  },
);

test(
  'two front ends: an interrupt at the other one silences home at once, and its answer has what was heard',
  needsRedis,
  async () => {
    await using frontEnds = await startFrontEnds();
    const { home, other } = frontEnds;
    const turn = await begin(frontEnds);
    const beside = Array.fromAsync(home.events(turn, { audio: true }));
    const elsewhere = Array.fromAsync(other.events(turn, { audio: true }));
    await eventOf(other, turn, 'speech.audio');
    const answer = await other.interrupt(turn, { id: 'one' });
    assert.equal(answer.interrupted, true);
    assert.deepEqual(await other.interrupt(turn, { id: 'one' }), { ...answer, recorded: true });
    const cut = (await beside).find(({ type }) => type === 'speech.cut');
    assert.ok(cut?.type === 'speech.cut' && cut.heardText === answer.heardText);
    assert.deepEqual((await elsewhere).at(-1), (await beside).at(-1));
    assert.ok(
      !(await beside).some((event) => event.type === 'step.started' && event.kind === 'cut'),
      'not by the record',
    );
  },
);

test('two front ends: reports of playout count at the other one', needsRedis, async () => {
  await using frontEnds = await startFrontEnds();
  const { other } = frontEnds;
  const turn = await begin(frontEnds, { text: 'Briefly', playout: 'client' });
  const { speech, durationMs = 0 } = { durationMs: 400, ...(await eventOf(other, turn, 'speech.audio')) };
  const counted = await other.reportPlayout(turn, { speech, positionMs: 100, state: 'playing' });
  assert.deepEqual(counted, { speech, heardMs: 100 });
  await assert.rejects(other.reportPlayout(turn, { speech: '9-9', positionMs: 1, state: 'playing' }), /9-9/);
  await other.reportPlayout(turn, { speech, positionMs: durationMs, state: 'finished' });
  assert.equal((await other.result(turn)).outcome, 'answered');
});

test(
  'two front ends: a conversation that is followed at the other one has all its turns, live and in order',
  needsRedis,
  async () => {
    await using frontEnds = await startFrontEnds();
    const { home, other } = frontEnds;
    const { id } = await home.createConversation();
    const followed: string[] = [];
    const leaving = new AbortController();
    for (const text of ['Briefly', 'Briefly', 'Briefly']) {
      const { id: turn } = await home.startTurn(id, { text, modality: 'text' });
      followed.push(turn);
      await home.result(turn);
    }
    const got: string[] = [];
    const types: string[] = [];
    for await (const event of other.follow(id, { lastEventId: '0', signal: leaving.signal })) {
      types.push(event.type);
      if (event.type !== 'turn.finished') continue;
      if (got.push(event.turnId) === 4) break;
      if (got.length < 3) continue;
      // From now on it is live.
      const { id: turn } = await home.startTurn(id, { text: 'Briefly', modality: 'text' });
      followed.push(turn);
    }
    leaving.abort();
    assert.deepEqual(got, followed);
    assert.ok(!types.includes('turn.snapshot'), 'each event by event');
  },
);

test(
  'two front ends: Redis that is killed in mid-turn takes nothing from readers beside home, nor from the record',
  needsRedis,
  async () => {
    await using frontEnds = await startFrontEnds();
    const { home, other, redis } = frontEnds;
    const turn = await begin(frontEnds, { text: 'Briefly' });
    const elsewhere = Array.fromAsync(other.events(turn));
    const beside: ServedEvent[] = [];
    for await (const event of home.events(turn, { audio: true })) {
      if (beside.push(event) === 1) await redis.kill();
    }
    assert.equal(beside.at(-1)?.type, 'turn.finished');
    const seqs = beside.map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      seqs.map((_, index) => index + 1),
    );
    assert.equal((await other.result(turn)).outcome, 'answered');
    assert.equal((await elsewhere).at(-1)?.type, 'turn.finished');
    assert.match(frontEnds.logged(), /Redis at '127\.0\.0\.1:\d+' cannot be reached/);
  },
);
