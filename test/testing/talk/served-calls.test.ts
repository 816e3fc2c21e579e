import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineAgent, defineTool, type ToolContext } from 'legato';
import { call, converse } from 'legato/testing';
import { z } from 'zod';

// What a tool is told of the call that it serves, by whichever player it is run.

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const SHOP = { name: 'shop', instructions: 'Help.', model: 'gpt-5.1', voice: 'alloy' };

function told({ conversationId, turnId, callId, idempotencyKey, attempt, traceparent, tracestate }: ToolContext) {
  return { conversationId, turnId, callId, idempotencyKey, attempt, traceparent, tracestate };
}

interface Options {
  readonly fallback?: string;
  readonly thread?: boolean;
}

/** A tool that keeps what it is told. */
function watched(name: string, effect: 'read' | 'write', { fallback, thread = false }: Options = {}) {
  const seen: ReturnType<typeof told>[] = [];
  const tool = defineTool({
    ...{ name, description: name, input: z.object({}), effect, thread },
    ...(fallback !== undefined && { onFailure: { fallback } }),
    run: (_, context) => {
      seen.push(told(context));
      context.log.info(`${name} ran`, { effect });
      if (fallback !== undefined) throw new Error('Down');
      return 'done';
    },
  });
  return { tool, seen };
}

const expected = (turn: number, callId: string) => ({
  conversationId: 'test',
  turnId: `turn-${turn}`,
  callId,
  idempotencyKey: `turn-${turn}/${callId}`,
  attempt: 1,
});

for (const [what, effect, thread] of [
  ['a read, which runs ahead of the record', 'read', false],
  ['a write, which the record lets run', 'write', false],
  ['a tool that blocks', 'read', true],
] as const)
  test(`tool: ${what}, is told its conversation, turn, call and trace`, async () => {
    const { tool, seen } = watched('act', effect, { thread });
    const talk = converse(defineAgent({ ...SHOP, tools: [tool] }), { model: [call('act', {}), 'Done.', 'Bye.'] });
    await talk.say('Hello', { traceparent: TRACEPARENT, tracestate: 'shop=1' });
    const trace = { traceparent: TRACEPARENT, tracestate: 'shop=1' };
    assert.deepEqual(seen, [{ ...expected(1, 'tool:1:0:act'), ...trace }]);
  });

test('tool: a fallback is told the call that it stands in for', async () => {
  const failing = watched('live', 'read', { fallback: 'stored' });
  const { tool, seen } = watched('stored', 'read');
  const agent = defineAgent({ ...SHOP, tools: [failing.tool, tool] });
  const talk = converse(agent, { model: [call('live', {}), 'Done.'] });
  await talk.say('Hello', { traceparent: TRACEPARENT });
  const same = { ...expected(1, 'tool:1:0:live'), traceparent: TRACEPARENT, tracestate: undefined };
  assert.deepEqual([failing.seen, seen], [[same, { ...same, attempt: 2 }], [same]]);
  assert.deepEqual(
    talk.logs.map(({ callId, tool: name }) => [callId, name]),
    ['live', 'live', 'stored'].map((name) => ['tool:1:0:live', name]),
  );
});

test('tool: a traceparent that does not follow the standard is not told, and neither is its tracestate', async () => {
  const { tool, seen } = watched('act', 'read');
  const talk = converse(defineAgent({ ...SHOP, tools: [tool] }), { model: [call('act', {}), 'Done.'] });
  await talk.say('Hello', { traceparent: `${TRACEPARENT}-1`, tracestate: 'shop=1' });
  assert.deepEqual([seen[0]?.traceparent, seen[0]?.tracestate], [undefined, undefined]);
});

test('tool: what it logs is kept with its turn and call, and each turn has its own lines', async () => {
  const { tool } = watched('act', 'write');
  const model = [call('act', {}), 'Done.', call('act', {}), 'Again.'];
  const talk = converse(defineAgent({ ...SHOP, tools: [tool] }), { model });
  const first = await talk.say('Hello');
  const second = await talk.say('Once more');
  const line = { level: 'info', text: 'act ran', fields: { effect: 'write' }, conversationId: 'test', tool: 'act' };
  assert.deepEqual(first.logs, [{ ...line, turnId: 'turn-1', callId: 'tool:1:0:act' }]);
  assert.deepEqual(talk.logs, [...first.logs, ...second.logs]);
  assert.equal(second.logs[0]?.turnId, 'turn-2');
});

test('tool: a call that goes on after the caller has cut in still logs with the turn that began it', async () => {
  const cutIn = Promise.withResolvers<void>();
  const tool = defineTool({
    ...{ name: 'act', description: 'Acts', input: z.object({}), effect: 'write', start: 'at_once' },
    run: async (_, { log, turnId }) => {
      log.debug('begun');
      await cutIn.promise;
      log.warn('goes on', { turnId });
      return 'done';
    },
  });
  const talk = converse(defineAgent({ ...SHOP, tools: [tool] }), { model: [call('act', {}), 'Done.'] });
  talk.bargeIn({ on: 'tool.started' });
  const turn = talk.say('Hello');
  setImmediate(() => cutIn.resolve());
  assert.equal((await turn).outcome, 'interrupted');
  assert.deepEqual(
    talk.logs.map(({ level, text, turnId }) => [level, text, turnId]),
    [
      ['debug', 'begun', 'turn-1'],
      ['warn', 'goes on', 'turn-1'],
    ],
  );
});
