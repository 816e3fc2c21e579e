import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool, from } from 'legato';
import { z } from 'zod';
import type { LanguageModel } from '../../../providers/model.ts';
import { playAtHome } from '../home-turn.ts';
import { resultOf } from '../../../turn/call.ts';

/** A model that calls this tool, and answers when it has been told the result. */
function callingModel(name: string): LanguageModel {
  return {
    async *reply({ messages }) {
      const isAnswer = messages.at(-1)?.role === 'tool';
      yield isAnswer
        ? { type: 'text' as const, text: 'That is all.' }
        : { type: 'call' as const, index: 0, name, arguments: '{}' };
      await Promise.resolve();
    },
  };
}

for (const name of ['constructor', '__proto__', 'toString', 'tool', '0']) {
  test(`calls: a tool that is named '${name}' can be required, and is called`, async () => {
    const required = defineTool({
      name,
      description: 'Finds the latest order',
      input: z.object({}),
      effect: 'read',
      run: () => ({ id: 'A1' }),
    });
    const status = defineTool({
      name: 'status',
      description: 'Status of an order',
      input: z.object({ order: z.string() }),
      effect: 'read',
      requires: { order: from(name, 'id') },
      run: ({ order }) => `${order} is here`,
    });
    await using home = playAtHome({ agent: { tools: [required, status] }, model: callingModel('status') });
    await home.until(() => home.turn.played.finished);
    const [round] = home.turn.played.rounds;
    assert.deepEqual(
      round?.calls.map((call) => [call.name, resultOf(call)?.result]),
      [
        [name, { id: 'A1' }],
        ['status', 'A1 is here'],
      ],
    );
  });
}

test('calls: a name that is too long is cut, and does not become the name of another tool', async () => {
  const name = 'a'.repeat(64);
  let runs = 0;
  const tool = defineTool({
    name,
    description: 'Finds something',
    input: z.object({}),
    effect: 'read',
    run: () => (runs += 1),
  });
  await using home = playAtHome({ agent: { tools: [tool] }, model: callingModel(`${name}b`) });
  await home.until(() => home.turn.played.finished);
  assert.equal(home.turn.played.rounds[0]?.calls[0]?.fault?.kind, 'unknown_tool');
  assert.equal(runs, 0);
});
