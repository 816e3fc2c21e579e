import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLegatoClient, type LegatoClient } from 'legato/client';
import type { ServedEvent } from '../../contract/http.ts';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import { startServing } from '../serving-process.ts';
import { needsRedis, startRedis } from './redis-server.ts';

// The process that speaks is killed. Another one, which has Redis in common with it, goes on for readers that are connected to it,
// and for those that come to it from the dead process.

const STORY = [
  'It begins at sea.',
  'A ship leaves the harbour at night.',
  'Its captain does not sleep.',
  'At dawn there is a light.',
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

test(
  'mid-sentence: readers elsewhere hear the rest from the next home, whether they were there before or come from the dead one',
  needsRedis,
  async () => {
    await using stack = new AsyncDisposableStack();
    const redis = stack.use(await startRedis());
    const scripted = await startScriptedServer({ speech: 'tone', rules: [{ reply: { text: STORY.join(' ') } }] });
    stack.defer(() => scripted.stop());
    const env = {
      LEGATO_AGENT: fileURLToPath(new URL('../durability/agent.ts', import.meta.url)),
      FIXTURE_AGENT: `taken-${randomUUID().slice(0, 8)}`,
      ...{ OPENAI_API_KEY: 'none', OPENAI_BASE_URL: scripted.url, REDIS_URL: redis.url },
    };
    const [first, second] = await Promise.all([startServing(env), startServing(env)]);
    stack.defer(() => first.kill());
    stack.defer(() => second.kill());
    const [home, other] = [first, second].map(({ url }) => createLegatoClient({ baseUrl: url }));
    assert.ok(home && other);
    const { id: conversation } = await home.createConversation();
    const { id } = await home.startTurn(conversation, { text: 'Tell me' });
    const whole = read(other, id);
    let lastSeq = 0;
    for await (const event of home.events(id, { audio: true })) {
      lastSeq = event.seq;
      if (event.type === 'speech.sentence' && event.index === 2) break;
    }
    // The other process has as much.
    for await (const event of other.events(id, { audio: true })) if (event.seq >= lastSeq) break;
    await first.kill();
    const [events, rest] = await Promise.all([whole, read(other, id, lastSeq)]);
    assertRises(events);
    assert.deepEqual(
      rest,
      events.filter(({ seq }) => seq > lastSeq),
    );
    assert.equal(events.filter(({ type }) => type === 'turn.started').length, 1);
    const said = sentencesOf(events);
    for (const sentence of STORY)
      assert.equal(said.filter((one) => one === sentence).length, sentence === STORY[2] ? said.length - 3 : 1);
    assert.ok(said.length <= STORY.length + 1, said.join(' | '));
    const [cut, finished, ...more] = events.filter(({ type }) => type === 'speech.cut' || type === 'speech.finished');
    assert.deepEqual([cut?.type, finished?.type, more], ['speech.cut', 'speech.finished', []]);
    const { items, outcome } = await other.turn(id);
    assert.equal(outcome, 'answered');
    assert.deepEqual(
      items.flatMap((item) => (item.type === 'speech' ? [[item.text, item.heardText]] : [])),
      [[STORY.join(' '), STORY.join(' ')]],
    );
  },
);
