import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineAgent, defineTool, ToolError } from 'legato';
import { assertThat, call, converse, runTool } from 'legato/testing';
import { z } from 'zod';

const SHIPPED = 'The order was shipped yesterday';

/** A tool with further attempts, words and a fallback for its failures, which throws, and how often it ran. */
function failing(effect: 'read' | 'write', thrown: Error) {
  const runs: number[] = [];
  const tool = defineTool({
    ...{ name: 'act', description: 'Acts', input: z.object({}) },
    ...(effect === 'write' ? { effect, idempotent: true } : { effect }),
    retry: { attempts: 3, firstDelayMs: 1 },
    onFailure: { say: 'I cannot reach it.', guide: 'Offer to call back', fallback: 'stored' },
    run: (_, { attempt }) => {
      runs.push(attempt);
      throw thrown;
    },
  });
  const stored = defineTool({
    ...{ name: 'stored', description: 'Stored', input: z.object({}), effect: 'read' },
    run: () => {
      throw new Error('Nothing is stored');
    },
  });
  const agent = defineAgent({
    ...{ name: 'shop', instructions: 'Help.', model: 'gpt-5.1', voice: 'alloy', tools: [tool, stored] },
  });
  return { agent, tool, runs };
}

for (const effect of ['read', 'write'] as const) {
  test(`tool error: a ${effect} that throws one is not tried again, nothing is said, and the model reads why`, async () => {
    const { agent, runs } = failing(effect, new ToolError(SHIPPED));
    const turn = await converse(agent, { model: [call('act', {}), 'It has left.'] }).say('Cancel it');
    assertThat(turn).failed('act', 'rejected').prompted(SHIPPED).heard('It has left.').didNotHear('I cannot reach it.');
    assert.deepEqual(runs, [1]);
    assert.ok(turn.items.every((item) => item.type !== 'result' || item.guide === undefined));
  });

  test(`tool error: a ${effect} that throws any other error is tried again, and its words are said`, async () => {
    const { agent, runs } = failing(effect, new Error('Down'));
    const turn = await converse(agent, { model: [call('act', {}), 'Sorry.'] }).say('Cancel it');
    assertThat(turn).failed('act', 'failed').heard('I cannot reach it.');
    assert.deepEqual(runs, [1, 2, 3]);
  });
}

test('tool error: alone under test, the call is rejected for what the tool threw', async () => {
  const thrown = new ToolError(SHIPPED, { cause: new Error('409') });
  const { tool } = failing('write', thrown);
  await assert.rejects(runTool(tool, {}), { kind: 'rejected', message: SHIPPED, cause: thrown });
});
