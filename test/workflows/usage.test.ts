import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { defineTool } from 'legato';
import { z } from 'zod';
import type { ModelUsage } from '../../contract/usage.ts';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import { totalUsage } from '../../turn/usage.ts';
import { createWorld, type World } from '../world.ts';

const lookUp = defineTool({
  ...{ name: 'look_up', description: 'Looks an order up', effect: 'read' },
  input: z.object({ id: z.string() }),
  run: () => ({ status: 'shipped' }),
});
const rules = [
  { when: { afterTool: 'look_up' }, reply: { text: 'It is on its way.' } },
  { reply: { calls: [{ name: 'look_up', arguments: { id: '4001' } }] } },
];

/** The lines of /metrics, by model and kind. */
async function countedBy({ metrics, turns }: World): Promise<readonly string[]> {
  const { text } = await metrics.read(turns);
  return text.split('\n').filter((line) => line.startsWith('legato_model_tokens_total{'));
}

function toLines({ model, inputTokens = 0, cachedInputTokens = 0, outputTokens = 0, reasoningTokens = 0 }: ModelUsage) {
  const kinds = {
    input: inputTokens,
    cached_input: cachedInputTokens,
    output: outputTokens,
    reasoning: reasoningTokens,
  };
  return Object.entries(kinds).map(
    ([kind, count]) => `legato_model_tokens_total{model="${model}",kind="${kind}"} ${count}`,
  );
}

test("usage: each model call's is in its step and its event, and all of the turn's in its result and in the metrics", async () => {
  await using world = await createWorld({ agent: { tools: [lookUp] }, rules });
  const { result, events } = await world.start('Where is order 4001?');
  const { steps, usage = [] } = await result();
  const ofSteps = steps.map((step) => [step.id, step.usage]).filter(([, used]) => used);
  assert.deepEqual(
    ofSteps.map(([id]) => id),
    ['think:1', 'think:2'],
  );
  const ofEvents = (await events).flatMap((event) =>
    event.type === 'step.finished' && event.usage ? [[event.step, event.usage]] : [],
  );
  assert.deepEqual(ofEvents, ofSteps);
  assert.deepEqual(usage, totalUsage(steps.flatMap((step) => step.usage ?? [])));
  assert.equal(usage.length, 1);
  assert.ok((usage[0]?.inputTokens ?? 0) > 0 && (usage[0]?.outputTokens ?? 0) > 0);
  assert.deepEqual(await countedBy(world), usage.flatMap(toLines));
});

test('usage: where another model takes over it is told by model', async () => {
  const failure = { kind: 'status', status: 529 } as const;
  const [answer, ask] = rules;
  await using claude = await startScriptedServer({ speech: 'tone', rules: [{ ...answer, failure }, { ...ask }] });
  const model = createAnthropic({ apiKey: 'none', baseURL: claude.url })('claude-sonnet-4-5');
  await using world = await createWorld({ agent: { model, fallbackModel: 'scripted', tools: [lookUp] }, rules });
  const { result } = await world.start('Where is order 4001?');
  const { usage = [] } = await result();
  assert.deepEqual(
    usage.map((used) => used.model),
    ['claude-sonnet-4-5', 'scripted'],
  );
  assert.ok((usage[0]?.cachedInputTokens ?? 0) > 0);
  assert.deepEqual(await countedBy(world), usage.flatMap(toLines));
});

test('usage: a server that gives none leaves it out', async () => {
  await using world = await createWorld({ rules: [{ reply: { text: 'Hello.' } }] });
  world.scripted.script.refuses = [{ parameter: 'stream_options' }];
  const { result, events } = await world.start('Hi');
  const { outcome, steps, ...rest } = await result();
  assert.equal(outcome, 'answered');
  assert.ok(!('usage' in rest) && steps.every((step) => !('usage' in step)));
  assert.ok((await events).every((event) => !('usage' in event)));
});
