import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import { callAtHome } from '../../../live/turns/home-steps.ts';
import type { LanguageModel } from '../../../providers/model.ts';
import { TestClock } from '../../test-clock.ts';
import { called } from '../../metadata.ts';
import { playAtHome } from '../home-turn.ts';

// A turn that another process has taken while calls of it were under way here.

const silent: LanguageModel = {
  async *reply(_, signal) {
    await once(signal, 'abort');
    yield* [];
  },
};

function openCall(effect: 'read' | 'write') {
  const begun = Promise.withResolvers<AbortSignal>();
  const answer = Promise.withResolvers<string>();
  const tool = defineTool({
    ...{ name: 'act', description: 'Acts', input: z.object({}), start: 'at_once', timeoutMs: 20_000, budgetMs: 20_000 },
    effect: effect as 'read',
    run: (_, { signal }) => {
      begun.resolve(signal);
      return answer.promise;
    },
  });
  const clock = new TestClock();
  const home = playAtHome({ agent: { tools: [tool] }, model: silent, clock });
  const policy = home.agent.tools.find('act')?.policyFor({}, called) ?? assert.fail();
  const step = 'tool:1:0:act';
  home.turn.happened({ type: 'thought', round: 1, text: '', calls: [{ name: 'act', arguments: {}, policy }] });
  const result = callAtHome(home.turn, { step, name: 'act', arguments: {}, policy }, home.steps);
  return { home, clock, begun: begun.promise, answer: answer.resolve, result };
}

test('let go: a write that has begun goes on, and its result is its own, however late', async () => {
  const { home, clock, begun, answer, result } = openCall('write');
  await using _ = home;
  const signal = await begun;
  home.turn.letGo();
  await clock.advance(4_000);
  assert.equal(signal.aborted, false);
  answer('booked');
  assert.deepEqual([(await result).ok, (await result).result], [true, 'booked']);
});

test('let go: a read is aborted, and the turn is no longer this process’s', async () => {
  const { home, begun, answer, result } = openCall('read');
  await using _ = home;
  const signal = await begun;
  home.turn.letGo();
  assert.equal(signal.aborted, true);
  assert.equal(home.turn.state, 'replaced');
  answer('too late');
  assert.equal((await result).error?.kind, 'cancelled');
});

test('let go: nothing is published after it', async () => {
  const { home, begun, answer, result } = openCall('write');
  await using _ = home;
  await begun;
  home.turn.letGo();
  const { length } = home.events;
  answer('booked');
  await result;
  home.turn.publish('tool:1:0:act', {
    type: 'tool.progress',
    call: 'tool:1:0:act',
    name: 'act',
    arguments: {},
    attempt: 1,
    note: 'on',
  });
  assert.equal(home.events.length, length);
});
