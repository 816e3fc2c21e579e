import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import type { TurnRecord } from '../../../contract/turn-record.ts';
import { turnRecord } from '../../../contract/messages.ts';
import { createFrontEndWorld } from '../../front-end-world.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const rules = [
  { when: { afterTool: 'act' }, reply: { text: 'Done.' } },
  { reply: { calls: [{ name: 'act', arguments: {} }] } },
];

function watched() {
  const seen: unknown[] = [];
  const act = defineTool({
    ...{ name: 'act', description: 'Acts', input: z.object({}), effect: 'write' },
    run: (_, { turnId, callId, traceparent, tracestate, log }) => {
      log.info('acts');
      seen.push({ turnId, callId, traceparent, tracestate });
      return 'done';
    },
  });
  return { act, seen };
}

test('front end: the trace of a post reaches the tools of its turn, is in the record, and their lines name the turn', async () => {
  const { act, seen } = watched();
  await using world = await createFrontEndWorld({ rules, agent: { tools: [act] } });
  const conversation = await world.newConversation();
  const trace = { traceparent: TRACEPARENT, tracestate: 'shop=1' };
  const { id } = await world.play(conversation, 'Hi', trace);
  assert.deepEqual(seen, [{ turnId: id, callId: 'tool:1:0:act', ...trace }]);
  const { start } = await world.client.workflow.getHandle(id).query<TurnRecord>(turnRecord);
  assert.deepEqual([start.traceparent, start.tracestate], [TRACEPARENT, 'shop=1']);
  const { turn, conversation: of, call, tool, level } = await world.log.arrival('acts');
  assert.deepEqual([turn, of, call, tool, level], [id, conversation, 'tool:1:0:act', 'act', 30]);
});

test('front end: a traceparent that does not follow the standard is ignored, and the turn is answered', async () => {
  const { act, seen } = watched();
  await using world = await createFrontEndWorld({ rules, agent: { tools: [act] } });
  const conversation = await world.newConversation();
  const { id, outcome } = await world.play(conversation, 'Hi', { traceparent: 'mine', tracestate: 'shop=1' });
  assert.equal(outcome, 'answered');
  assert.deepEqual(seen, [{ turnId: id, callId: 'tool:1:0:act', traceparent: undefined, tracestate: undefined }]);
  const { start } = await world.client.workflow.getHandle(id).query<TurnRecord>(turnRecord);
  assert.deepEqual([start.traceparent, start.tracestate], [undefined, undefined]);
});

test('front end: a repeat of a key with another trace is the same turn', async () => {
  const { act, seen } = watched();
  await using world = await createFrontEndWorld({ rules, agent: { tools: [act] } });
  const conversation = await world.newConversation();
  const first = await world.play(conversation, 'Hi', { 'Idempotency-Key': 'one', traceparent: TRACEPARENT });
  const again = await world.play(conversation, 'Hi', {
    'Idempotency-Key': 'one',
    traceparent: TRACEPARENT.replace('b7', 'c7'),
  });
  assert.deepEqual([again.id, seen.length], [first.id, 1]);
});
