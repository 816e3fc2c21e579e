import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { defineTool } from 'legato';
import { z } from 'zod';
import type { AiSdkModel } from '../../../providers/ai-sdk/model-object.ts';
import type { ScriptRule } from '../../../providers/scripted/script.ts';
import { type ScriptedServer, startScriptedServer } from '../../../providers/scripted/server.ts';
import { createWorld } from '../../world.ts';

const THOUGHT = 'The number is there, so it can be looked up.';
const lookUp = defineTool({
  ...{ name: 'look_up', description: 'Looks an order up', effect: 'read', preamble: 'off' },
  input: z.object({ id: z.string() }),
  run: () => ({ status: 'shipped' }),
});

/** The real package, and the moment in which its model has been thinking in this reply, counted from 1. */
function thinkingClaude({ url }: ScriptedServer, reply: number) {
  const thinks = Promise.withResolvers<void>();
  const object: AiSdkModel = createAnthropic({ apiKey: 'none', baseURL: url })('claude-sonnet-4-5');
  let replies = 0;
  const model: AiSdkModel = {
    ...{ specificationVersion: object.specificationVersion, provider: object.provider, modelId: object.modelId },
    doStream: async (options) => {
      const isMeant = (replies += 1) === reply;
      const { stream } = await object.doStream(options);
      const seen = new TransformStream<{ type: string }>({
        transform: (part, controller) => {
          controller.enqueue(part);
          if (isMeant && part.type === 'reasoning-delta') thinks.resolve();
        },
      });
      return { stream: stream.pipeThrough(seen as TransformStream<unknown, unknown>) };
    },
  };
  return { model, thinks: thinks.promise };
}

const call: ScriptRule = { reply: { thought: THOUGHT, calls: [{ name: 'look_up', arguments: { id: '4001' } }] } };
const answer: ScriptRule = { when: { afterTool: 'look_up' }, reply: { thought: THOUGHT, text: 'It is on its way.' } };
const next: ScriptRule = { when: { user: 'And now?' }, reply: { text: 'Go on.' } };

for (const [where, reply, told] of [
  ['before the first word', 1, ['user']],
  ['after a tool', 2, ['user', 'call', 'result']],
] as const) {
  test(`barge-in in the middle of a thought, ${where}: the connection closes, nothing is said, and the next turn has none of it`, async () => {
    await using claude = await startScriptedServer({ speech: 'tone', rules: [next, answer, call] });
    const { model, thinks } = thinkingClaude(claude, reply);
    await using world = await createWorld({ agent: { model, reasoningEffort: 'low', tools: [lookUp] } });
    // What is held is the reply that the caller speaks in: the replies before it are not.
    const releases = Array.from({ length: reply }, (_, at) =>
      claude.holdNext({ endpoint: 'messages', afterTokens: at === reply - 1 ? 3 : 0 }),
    );
    for (const release of releases.slice(0, -1)) release();
    const turn = await world.start('Where is order 4001?', { modality: 'audio' });
    await thinks;
    const { answer: heard, recorded } = turn.live.interrupt({ id: 'stop' });
    assert.deepEqual(heard, { interrupted: true, heardText: '' });
    const { outcome, items, usage } = await turn.result();
    await recorded;
    assert.equal(outcome, 'interrupted');
    assert.deepEqual(
      items.map(({ type }) => type),
      told,
    );
    // Of a reply that was cut short no provider says what it came to.
    assert.equal(usage?.length ?? 0, reply - 1);
    assert.equal(await claude.requests.messages.last?.closed, 'aborted');
    releases.at(-1)?.();
    assert.equal(claude.requests.messages.all.length, reply);
    assert.equal(world.scripted.requests.speech.all.length, 0);
    assert.ok(!JSON.stringify([items, await turn.events, world.log.all]).includes('number is there'));
    const after = await world.start('And now?', { items, number: 2 });
    assert.equal((await after.result()).outcome, 'answered');
    assert.doesNotMatch(JSON.stringify(claude.requests.messages.last?.body.messages), /"thinking"|number is there/);
  });
}
