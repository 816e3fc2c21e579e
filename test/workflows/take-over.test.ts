import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import { conversationRecord, conversationWorkflowId, turnEnded, turnIdOf } from '../../contract/messages.ts';
import type { ConversationRecord } from '../../contract/conversation.ts';
import type { TurnResult } from '../../contract/turn.ts';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import { StreamUnknown } from '../../stream/turn-stream.ts';
import { createWorld, type AgentOptions } from '../world.ts';
import { hold } from './barge-in/act.ts';

// A turn whose home stops working for Temporal, and does not know that another process has taken it over.

/** A read that goes on until it is told to end. Its gate, open as nothing is said, keeps it from running while the model still writes. */
function held(name: string, onBargeIn: 'cancel' | 'block') {
  const { run, begun, end } = hold();
  const times = { timeoutMs: 60_000, budgetMs: 60_000 };
  const options = { effect: 'read', onBargeIn, preamble: 'off', start: 'after_speech_starts', ...times } as const;
  const tool = defineTool({
    ...{ name, description: name, input: z.object({}), ...options },
    run: (_, { signal }) => run(signal),
  });
  return { tool, begun, end };
}

function namedAgent(): AgentOptions & { readonly name: string } {
  return { name: `taken-${randomUUID().slice(0, 8)}`, deadlineMs: 60_000 };
}

const asks = (name: string) => ({ calls: [{ name, arguments: {} }] });
const rules: ScriptRule[] = [
  { when: { afterTool: 'act' }, reply: asks('look') },
  { when: { user: 'Hello' }, reply: asks('act') },
];

function resultsOf({ items }: TurnResult): readonly unknown[] {
  return items.flatMap((item) => (item.type === 'result' ? [item.ok || item.error?.kind] : []));
}

test('take-over: a second interrupt, at the new home, cuts a turn that the first one has left to answer', async () => {
  const agent = namedAgent();
  const [first, again, look] = [held('act', 'block'), held('act', 'block'), held('look', 'cancel')];
  await using other = await createWorld({ rules, agent: { ...agent, tools: [again.tool, look.tool] } });
  const tools = [first.tool, held('look', 'cancel').tool];
  await using world = await createWorld({ rules, agent: { ...agent, tools } });
  const { id, live, events } = await world.start('Hello');
  events.catch(() => undefined); // its stream ends with its world
  await Promise.all([first.begun, live.bound]);
  await live.interrupt({ id: 'one' }).recorded;
  await world.stopWorkers();
  await again.begun;
  again.end();
  const signal = await look.begun;
  assert.equal(other.turns.get(id)?.interrupt({ id: 'two' }).bargeIn?.number, 2);
  assert.equal(signal.aborted, true);
  const result = (await other.client.workflow.getHandle(id).result()) as TurnResult;
  assert.equal(result.outcome, 'interrupted');
  assert.deepEqual(resultsOf(result), [true, 'cancelled']);
  assert.equal(other.scripted.requests.chat.all.length, 1);
  first.end();
  world.turns.forget(id);
});

test('take-over: a home that was replaced is refused, lets go of the turn, and has the new one decide the interrupt', async () => {
  const agent = namedAgent();
  const [first, again] = [held('act', 'cancel'), held('act', 'cancel')];
  await using other = await createWorld({ rules, agent: { ...agent, tools: [again.tool] } });
  await using world = await createWorld({ rules, agent: { ...agent, tools: [first.tool] } });
  const { id, live, events } = await world.start('Hello');
  await Promise.all([first.begun, live.bound]);
  await world.stopWorkers();
  const signal = await again.begun;
  const ended = assert.rejects(events, StreamUnknown);
  await live.interrupt({ id: 'late' }).recorded;
  await ended;
  assert.deepEqual([world.turns.get(id), signal.aborted], [undefined, true]);
  const result = (await other.client.workflow.getHandle(id).result()) as TurnResult;
  assert.equal(result.outcome, 'interrupted');
  assert.deepEqual(resultsOf(result), ['cancelled']);
  assert.deepEqual(
    world.log.all.filter(({ turn }) => turn === id),
    [],
  );
  first.end();
});

test('take-over: a tool that is run again at the new home is told the same call and trace, and logs there', async () => {
  const agent = namedAgent();
  const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'shop=1' };
  const first = held('act', 'cancel');
  const told = Promise.withResolvers<object>();
  const act = defineTool({
    ...{ name: 'act', description: 'Acts', input: z.object({}), effect: 'read' },
    run: (_, { signal: __, progress: ___, log, ...context }) => {
      log.info('asked again');
      told.resolve(context);
      return 'done';
    },
  });
  const answered: ScriptRule[] = [{ when: { afterTool: 'act' }, reply: { text: 'Done.' } }, ...rules];
  await using other = await createWorld({ rules: answered, agent: { ...agent, tools: [act] } });
  await using world = await createWorld({ rules: answered, agent: { ...agent, tools: [first.tool] } });
  const { id, live, events } = await world.start('Hello', { ...trace, conversationContext: 'Ada' });
  events.catch(() => undefined); // its stream ends with its world
  await Promise.all([first.begun, live.bound]);
  await world.stopWorkers();
  const callId = 'tool:1:0:act';
  const served = { conversationId: live.start.conversationId, turnId: id, callId, idempotencyKey: `${id}/${callId}` };
  assert.deepEqual(await told.promise, { ...served, ...trace, metadata: {}, attempt: 1 });
  const { turn, call } = await other.log.arrival('asked again');
  assert.deepEqual([turn, call], [id, callId]);
  await other.client.workflow.getHandle(id).result();
  assert.match(JSON.stringify(other.scripted.requests.chat.last?.body.messages), /this conversation[^"]*Ada/);
  first.end();
  world.turns.forget(id);
});

test('take-over: what an older home reports of the end is ignored while the new one plays the turn', async () => {
  const agent = namedAgent();
  const [first, again] = [held('act', 'cancel'), held('act', 'cancel')];
  const answered: ScriptRule[] = [{ when: { afterTool: 'act' }, reply: { text: 'Done.' } }, ...rules];
  await using other = await createWorld({ rules: answered, agent: { ...agent, tools: [again.tool] } });
  await using world = await createWorld({ rules: answered, agent: { ...agent, tools: [first.tool] } });
  const { id, live, events } = await world.start('Hello');
  events.catch(() => undefined); // its stream ends with its world
  await Promise.all([first.begun, live.bound]);
  await world.stopWorkers();
  await again.begun;
  const { conversationId, number } = live.start;
  const conversation = other.client.workflow.getHandle(conversationWorkflowId(conversationId));
  const read = () => conversation.query<ConversationRecord>(conversationRecord);
  // The new home tells it beside its work.
  while ((await read()).turns[0]?.epoch !== 1);
  const startedAt = new Date().toISOString();
  await conversation.signal(turnEnded, { id, number, startedAt, epoch: 0, outcome: 'failed', items: [] });
  assert.equal((await read()).turns[0]?.state, 'running');
  again.end();
  const { outcome, items } = (await other.client.workflow.getHandle(id).result()) as TurnResult;
  const { turns, items: kept } = await read();
  assert.deepEqual([outcome, turns[0]?.outcome, kept], ['answered', 'answered', items]);
  first.end();
  world.turns.forget(id);
});

test('take-over: a turn that the caller has left for the next one, while it had no home, says and does nothing more', async () => {
  const agent = namedAgent();
  const [first, again] = [held('act', 'cancel'), held('act', 'cancel')];
  await using other = await createWorld({
    rules,
    agent: { ...agent, tools: [again.tool, held('look', 'cancel').tool] },
  });
  await using world = await createWorld({
    rules,
    agent: { ...agent, tools: [first.tool, held('look', 'cancel').tool] },
  });
  const { id, live, events } = await world.start('Hello');
  events.catch(() => undefined); // its stream ends with its world
  await Promise.all([first.begun, live.bound]);
  const place = { conversationId: live.start.conversationId, number: live.start.number + 1 };
  // As a front end starts it that has waited for the home of the turn in vain.
  await other.client.workflow.start('turn', { taskQueue: 'nobody', workflowId: turnIdOf(place), args: [live.start] });
  await world.stopWorkers();
  const result = (await other.client.workflow.getHandle(id).result()) as TurnResult;
  assert.equal(result.outcome, 'interrupted');
  assert.deepEqual(resultsOf(result), ['cancelled']);
  await other.client.workflow.getHandle(turnIdOf(place)).terminate();
  first.end();
  world.turns.forget(id);
});
