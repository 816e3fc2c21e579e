import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { TurnRecord } from '../../contract/turn-record.ts';
import { turnRecord } from '../../contract/messages.ts';
import type { StreamEvent } from '../../stream/turn-stream.ts';
import { createFrontEndWorld } from '../front-end-world.ts';
import { holdTurns } from '../held-turns.ts';
import type { World } from '../world.ts';

/** The first event of a type, of a turn that goes on. */
async function eventOf({ stream }: World, turnId: string, type: StreamEvent['type']): Promise<StreamEvent> {
  for await (const event of stream.subscribe(turnId)) if (event.type === type) return event;
  return assert.fail(`The turn ended without '${type}'`);
}

test('event times: they count from the post, which the record knows for the next home', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const conversation = await world.newConversation();
  const [beforeMs, beforeAt] = [performance.now(), Date.now()];
  const { id } = await world.accept(conversation, 'hold');
  await holding.held;
  const live = world.turns.get(id);
  const { startedAt } = await world.client.workflow.getHandle(id).query<TurnRecord>(turnRecord);
  const first = await eventOf(world, id, 'turn.started');
  const tool = await eventOf(world, id, 'tool.started');
  const sinceMs = performance.now() - beforeMs;
  assert.ok(live && live.startedMs >= beforeMs && live.startedMs <= beforeMs + sinceMs);
  assert.ok(first.atMs >= 0 && first.atMs <= tool.atMs && tool.atMs <= sinceMs + 1);
  const postedMs = Date.parse(startedAt);
  assert.ok(postedMs >= beforeAt && postedMs <= beforeAt + sinceMs + 1, startedAt);
  holding.release();
  const turn = await world.ended(id);
  assert.equal(turn.startedAt, startedAt);
});

test('event times: a home that takes a turn over goes on from the time to which the old one has come', async () => {
  const [lost, taken] = [holdTurns(), holdTurns()];
  const agent = { name: `taken-${randomUUID().slice(0, 8)}` };
  const ofOther = { ...taken.options, agent: { ...taken.options.agent, ...agent } };
  await using other = await createFrontEndWorld(ofOther);
  const ofFirst = { ...lost.options, agent: { ...lost.options.agent, ...agent } };
  await using first = await createFrontEndWorld(ofFirst);
  const { id } = await first.accept(await first.newConversation(), 'hold');
  await lost.held;
  const { atMs: toldMs } = await eventOf(first, id, 'tool.started');
  await first.stopWorkers();
  await taken.held;
  const { atMs, seq } = await eventOf(other, id, 'tool.started');
  assert.ok(seq > 1_000_000 && atMs > toldMs, `${atMs} ms after ${toldMs} ms`);
  taken.release();
  const { outcome } = await other.ended(id);
  assert.equal(outcome, 'answered');
  const events = await Array.fromAsync(other.stream.subscribe(id));
  const times = events.map((event) => event.atMs);
  assert.deepEqual(
    times,
    times.toSorted((one, next) => one - next),
  );
  first.turns.forget(id);
  lost.release();
});
