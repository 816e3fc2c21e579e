import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool, from } from 'legato';
import { type LoggedLine, runTool, ToolCallError } from 'legato/testing';
import { z } from 'zod';

const findOrder = defineTool({
  name: 'find_order',
  description: 'Finds an order',
  input: z.object({ order_id: z.string(), detailed: z.boolean().optional() }),
  output: z.object({ order_id: z.string(), cents: z.int() }),
  effect: 'read',
  run: ({ order_id }) => {
    if (order_id === '0') throw new RangeError('There is no order 0');
    return { order_id, cents: order_id === 'half' ? 0.5 : 100 };
  },
});

test('runTool: the result has the type of the output schema', async () => {
  const order = await runTool(findOrder, { order_id: '4003' });
  const cents: number = order.cents;
  assert.equal(cents, 100);
  // @ts-expect-error: the result has no such field
  assert.equal(order.euros, undefined);
});

test('runTool: arguments that do not fit are refused by types and with the message that the model gets', async () => {
  // @ts-expect-error: it is text
  await assert.rejects(runTool(findOrder, { order_id: 4003 }), (error: ToolCallError) => {
    assert.equal(error.kind, 'invalid_arguments');
    assert.match(error.message, /order_id/);
    return error instanceof ToolCallError;
  });
});

test('runTool: an optional argument that is undefined counts as left out', async () => {
  const args: { order_id: string; detailed?: boolean } = JSON.parse('{"order_id":"1"}') as { order_id: string };
  assert.equal((await runTool(findOrder, args)).order_id, '1');
});

test('runTool: a result that does not fit the output schema is refused', async () => {
  await assert.rejects(runTool(findOrder, { order_id: 'half' }), { kind: 'invalid_result' });
});

test('runTool: what the tool throws is the cause of a failed call, once, whatever its retries', async () => {
  let runs = 0;
  const failing = defineTool({
    ...{ name: 'fail', description: 'Fails', input: z.object({}), effect: 'read', retry: { attempts: 3 } },
    run: () => {
      runs += 1;
      throw new RangeError('There is no order 0');
    },
  });
  await assert.rejects(runTool(failing, {}), (error: ToolCallError) => {
    assert.equal(error.kind, 'failed');
    assert.equal(error.message, 'There is no order 0');
    return error.cause instanceof RangeError;
  });
  assert.equal(runs, 1);
});

test('runTool: the tool gets its key and its progress is heard', async () => {
  const notes: string[] = [];
  const told = defineTool({
    ...{ name: 'tell', description: 'Tells', input: z.object({}), effect: 'write' },
    run: (_, tool) => {
      tool.progress('half way');
      return { key: tool.idempotencyKey, attempt: tool.attempt };
    },
  });
  const onProgress = (note: string) => void notes.push(note);
  assert.deepEqual(await runTool(told, {}, { onProgress }), { key: 'test/tool:1:0:tell', attempt: 1 });
  assert.deepEqual(notes, ['half way']);
});

test('runTool: a tool is told nothing that a turn would not tell it', async () => {
  const told = defineTool({
    ...{ name: 'tell', description: 'Tells', input: z.object({}), effect: 'read' },
    run: (_, { metadata, ...tool }) => [metadata, Object.keys(tool).sort()],
  });
  // @ts-expect-error: it names no metadata
  const seen = await runTool(told, {}, { metadata: { customer: 'Ada' } });
  const served = ['attempt', 'callId', 'conversationId', 'idempotencyKey', 'log', 'progress', 'signal', 'turnId'];
  assert.deepEqual(seen, [{}, served]);
});

test('runTool: the tool is told the turn, call and trace that the test names, and what it logs is heard', async () => {
  const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const told = defineTool({
    ...{ name: 'tell', description: 'Tells', input: z.object({}), effect: 'write' },
    run: (_, tool) => {
      tool.log.warn('refused', { by: 'the bank' });
      const { conversationId, turnId, callId, idempotencyKey, traceparent = '' } = tool;
      return { conversationId, turnId, callId, idempotencyKey, traceparent };
    },
  });
  const lines: LoggedLine[] = [];
  const onLog = (line: LoggedLine) => void lines.push(line);
  const served = { conversationId: 'c1', turnId: 't1', callId: 'tool:2:0:tell' };
  const result = await runTool(told, {}, { ...served, traceparent: TRACEPARENT, onLog });
  assert.deepEqual(result, { ...served, idempotencyKey: 't1/tool:2:0:tell', traceparent: TRACEPARENT });
  const line = { level: 'warn', text: 'refused', fields: { by: 'the bank' }, tool: 'tell' };
  assert.deepEqual(lines, [{ ...line, ...served }]);
});

const waiting = (effect: 'read' | 'write') =>
  defineTool({
    ...{ name: 'wait', description: 'Waits', input: z.object({}), effect, timeoutMs: 60_000, budgetMs: 60_000 },
    run: async (_, { signal }) => new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve(''))),
  });

test('runTool: an abort cancels a read, and leaves it open what a write has done', async () => {
  const abort = new AbortController();
  const reading = runTool(waiting('read'), {}, { signal: abort.signal });
  const writing = runTool(waiting('write'), {}, { signal: abort.signal });
  setImmediate(() => abort.abort());
  await assert.rejects(reading, { kind: 'cancelled' });
  await assert.rejects(writing, { kind: 'outcome_unknown' });
});

test('runTool: rejectIf rejects by the transcript that the test gives', async () => {
  const refund = defineTool({
    ...{ name: 'refund', description: 'Refunds', input: z.object({ order_id: z.string() }), effect: 'write' },
    rejectIf: (_, transcript) => !transcript.some((item) => item.type === 'user' && /yes/i.test(item.text)) && 'Ask',
    run: () => 'done',
  });
  await assert.rejects(runTool(refund, { order_id: '1' }), { kind: 'rejected', message: 'Ask' });
  const transcript = [{ type: 'user', text: 'Yes, please' }] as const;
  assert.equal(await runTool(refund, { order_id: '1' }, { transcript }), 'done');
});

test('runTool: rejectIf and run are told the same conversation and turn', async () => {
  const told: (readonly string[])[] = [];
  const refund = defineTool({
    ...{ name: 'refund', description: 'Refunds', input: z.object({}), effect: 'write' },
    rejectIf: (_, __, { conversationId, turnId }) => void told.push([conversationId, turnId]),
    run: (_, { conversationId, turnId }) => told.push([conversationId, turnId]),
  });
  await runTool(refund, {}, { conversationId: 'c-1', turnId: 't-1' });
  await runTool(refund, {});
  const given = ['c-1', 't-1'];
  const byDefault = ['test', 'test'];
  assert.deepEqual(told, [given, given, byDefault, byDefault]);
});

test('runTool: arguments that other tools fill are given by the test', async () => {
  const track = defineTool({
    ...{ name: 'track', description: 'Tracks', input: z.object({ tracking: z.string() }), effect: 'read' },
    requires: { tracking: from('find_order', 'tracking') },
    run: ({ tracking }) => tracking,
  });
  assert.equal(await runTool(track, { tracking: 'PX-1' }), 'PX-1');
});

test('runTool: a definition with faults is refused with all of them', async () => {
  const wrong = defineTool({ name: 'no name', description: '', input: z.object({}), effect: 'read', run: () => 1 });
  await assert.rejects(runTool(wrong, {}), /its definition has faults:\n- .*name.*\n- .*description/s);
});
