import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLegatoClient, type LegatoClient, LegatoError } from 'legato/client';
import { type Cluster, startCluster } from '../../cluster/start-cluster.ts';
import { readConfig } from '../../config.ts';
import type { ServedEvent } from '../../contract/http.ts';
import { type ScriptedServer, startScriptedServer } from '../../providers/scripted/server.ts';
import { retryUntilGiven } from '../../time/retry.ts';
import { withoutPackages } from '../cluster/without-packages.ts';
import { type Relay, startRelay } from '../faults/relay.ts';

// What callers notice while a part of the deployment is away: two front ends, one Temporal on PostgreSQL, one Redis. How long an outage
// lasts is told by the speech that goes on meanwhile.

const skip = await withoutPackages({ postgres: true, redis: true, balancer: false });

/** A good second each. */
const toSentences = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `Here is verse ${at + 1} of it.`);
const SHORT = toSentences(8);
const LONG = toSentences(34);
/** Of the first home: sequence numbers of the next one are higher. */
const FIRST_EPOCH_SEQ = 1_000_000;

let cluster: Cluster;
let relay: Relay | undefined;
let scripted: ScriptedServer;
/** The first front end reaches Temporal by a relay. */
let home: LegatoClient;
let other: LegatoClient;

before(async () => {
  if (skip !== false) return;
  scripted = await startScriptedServer({
    speech: 'tone',
    rules: [
      { when: { user: 'long' }, reply: { text: LONG.join(' ') } },
      { when: { user: 'short' }, reply: { text: SHORT.join(' ') } },
    ],
  });
  const agent = {
    LEGATO_AGENT: fileURLToPath(new URL('../durability/agent.ts', import.meta.url)),
    FIXTURE_AGENT: `outage-${randomUUID().slice(0, 8)}`,
    ...{ OPENAI_API_KEY: 'none', OPENAI_BASE_URL: scripted.url },
  };
  const { environment, cacheDir } = readConfig();
  cluster = await startCluster({
    ...{ environment, cacheDir, log: (line) => console.error(line), workers: 0, balancer: false },
    variablesFor: async (_, given) => {
      const { TEMPORAL_ADDRESS: address = '' } = given;
      const isFirst = relay === undefined;
      relay ??= await startRelay(address);
      return { ...given, ...agent, ...(isFirst && { TEMPORAL_ADDRESS: relay.address }) };
    },
  });
  const [first, second] = cluster.frontEnds.map(({ url }) => createLegatoClient({ baseUrl: url }));
  assert.ok(first && second);
  [home, other] = [first, second];
});

after(async () => {
  await cluster?.stop();
  await relay?.[Symbol.asyncDispose]();
  await scripted?.stop();
});

interface Listening {
  readonly turn: string;
  /** Resolves when so many more ms were spoken. */
  readonly speaks: (ms: number) => Promise<void>;
  /** All sentences, as they were heard at home, once the turn has ended. */
  readonly toEnd: () => Promise<readonly ServedEvent[]>;
}

async function listen(text: string): Promise<Listening> {
  const { id: conversation } = await home.createConversation();
  const { id: turn } = await home.startTurn(conversation, { text });
  const heard: ServedEvent[] = [];
  const events: AsyncIterator<ServedEvent, unknown> = home.events(turn)[Symbol.asyncIterator]();
  const next = async (): Promise<ServedEvent | undefined> => {
    const result = await events.next();
    if (result.done) return undefined;
    heard.push(result.value);
    return result.value;
  };
  let spokenMs = 0;
  const speaks = async (ms: number): Promise<void> => {
    for (const untilMs = spokenMs + ms; spokenMs < untilMs;) {
      const event = await next();
      assert.ok(event, 'The turn ended before');
      if (event.type === 'speech.sentence') spokenMs = Math.max(spokenMs, event.startMs);
    }
  };
  const toEnd = async (): Promise<readonly ServedEvent[]> => {
    while (await next());
    return heard;
  };
  return { turn, speaks, toEnd };
}

const sentencesOf = (events: readonly ServedEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'speech.sentence' ? [event.text] : []));

/** All was said at home, once, and the record has it. */
async function assertUndisturbed({ turn, toEnd }: Listening, sentences: readonly string[]): Promise<void> {
  const events = await toEnd();
  assert.deepEqual(sentencesOf(events), sentences);
  assert.equal(
    events.find(({ seq }) => seq > FIRST_EPOCH_SEQ),
    undefined,
    'another process has taken the turn',
  );
  // What was heard is heard; the record may still be catching up.
  const { outcome, items } = await retryUntilGiven(async () => {
    const recorded = await home.turn(turn);
    return recorded.state === 'finished' ? recorded : undefined;
  });
  assert.equal(outcome, 'answered');
  const heard = items.flatMap((item) => (item.type === 'speech' ? [item.heardText] : []));
  assert.deepEqual(heard, [sentences.join(' ')]);
}

async function assertRefused(conversation: string): Promise<void> {
  for (const front of [home, other]) {
    await assert.rejects(
      () => front.startTurn(conversation, { text: 'short' }),
      (error) => error instanceof LegatoError && error.status === 503 && error.retryAfterMs !== undefined,
    );
  }
}

test(
  'outages: Temporal stands still for 1 and 5 s and is down for 30 s, and a turn is heard to its end; none starts',
  { skip },
  async () => {
    const { process: temporal } = cluster.temporal;
    const { id: conversation } = await other.createConversation();
    const listening = await listen('long');
    await listening.speaks(1);
    for (const ms of [1_000, 5_000]) {
      temporal.pause();
      await listening.speaks(ms);
      temporal.resume();
      await listening.speaks(1);
    }
    await temporal.kill();
    await assertRefused(conversation);
    await listening.speaks(30_000);
    await temporal.start();
    await assertUndisturbed(listening, LONG);
    const { id } = await other.startTurn(conversation, { text: 'short', modality: 'text' });
    const { outcome } = await other.result(id);
    assert.equal(outcome, 'answered');
    const { items } = await other.conversation(conversation);
    assert.equal(items.filter(({ type }) => type === 'user').length, 1, 'what was refused is not said later');
  },
);

test('outages: while home talks and only Temporal does not reach it, nobody takes its turn', { skip }, async () => {
  const listening = await listen('short');
  const elsewhere = Array.fromAsync(other.events(listening.turn));
  await listening.speaks(1);
  relay?.cut();
  relay?.pause();
  await listening.speaks(6_000);
  relay?.resume();
  await assertUndisturbed(listening, SHORT);
  assert.deepEqual(sentencesOf(await elsewhere), SHORT);
});

test(
  'outages: Redis is killed and empty again, and PostgreSQL crashes, in mid-speech; readers at both front ends hear all',
  { skip },
  async () => {
    const listening = await listen('short');
    const elsewhere = Array.fromAsync(other.events(listening.turn));
    await listening.speaks(1);
    await cluster.redis?.process.kill();
    await listening.speaks(1);
    await Promise.all([cluster.redis?.process.start(), cluster.postgres?.process.restart()]);
    await assertUndisturbed(listening, SHORT);
    assert.deepEqual(sentencesOf(await elsewhere), SHORT);
  },
);
