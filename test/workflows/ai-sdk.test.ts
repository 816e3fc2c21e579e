import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { defineTool } from 'legato';
import { z } from 'zod';
import type { TurnRecord } from '../../contract/turn-record.ts';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import { createWorld } from '../world.ts';

const THOUGHT = 'The number is there, so it can be looked up.';
const lookUp = defineTool({
  ...{ name: 'look_up', description: 'Looks an order up', effect: 'read' },
  input: z.object({ id: z.string() }),
  run: () => ({ status: 'shipped' }),
});
const rules = [
  { when: { afterTool: 'look_up' }, reply: { text: 'It is on its way.' } },
  { reply: { thought: THOUGHT, calls: [{ name: 'look_up', arguments: { id: '4001' } }] } },
];

test('AI SDK: a turn with thoughts and a tool is asked of the provider, and the record has what it wants back', async () => {
  await using claude = await startScriptedServer({ speech: 'tone', rules });
  const model = createAnthropic({ apiKey: 'none', baseURL: claude.url })('claude-sonnet-4-5');
  await using world = await createWorld({ agent: { model, reasoningEffort: 'low', tools: [lookUp] } });
  const { handle, result, events } = await world.start('Where is order 4001?');
  const { outcome, items } = await result();
  assert.equal(outcome, 'answered');
  assert.deepEqual(
    items.map(({ type }) => type),
    ['user', 'call', 'result', 'speech'],
  );
  assert.equal(world.scripted.requests.chat.all.length, 0);
  assert.match(JSON.stringify(claude.requests.messages.last?.body.messages), /"type":"thinking"/);
  const { state } = await handle.query<TurnRecord>('turnRecord');
  const { provider, model: name, pieces = [] } = state.rounds[0]?.providerState ?? {};
  assert.deepEqual([provider, name, pieces.length], ['anthropic.messages', 'claude-sonnet-4-5', 2]);
  assert.ok(!JSON.stringify([items, await events, world.log.all]).includes(THOUGHT));
});

test('AI SDK: a model that is overloaded leaves the turn to the fallback model, which gets none of its thoughts', async () => {
  await using claude = await startScriptedServer({ speech: 'tone', rules });
  const model = createAnthropic({ apiKey: 'none', baseURL: claude.url })('claude-sonnet-4-5');
  const agent = { model, reasoningEffort: 'low' as const, fallbackModel: 'scripted', tools: [lookUp] };
  await using world = await createWorld({ agent, rules });
  const release = claude.holdNext({ endpoint: 'messages', afterTokens: 0 });
  const { result } = await world.start('Where is order 4001?');
  await claude.requests.messages.arrival(1);
  claude.failNext({ endpoint: 'messages', kind: 'error_event', code: 'overloaded_error' });
  claude.failNext({ endpoint: 'messages', kind: 'status', status: 529 });
  release();
  assert.equal((await result()).outcome, 'answered');
  const [asked] = world.scripted.requests.chat.all;
  assert.equal(asked?.body.model, 'scripted');
  assert.doesNotMatch(JSON.stringify(asked?.body), /number is there|signature/);
});
