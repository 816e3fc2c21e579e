import assert from 'node:assert/strict';
import { setImmediate as nextTick } from 'node:timers/promises';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import { ProviderFailure } from '../../../providers/failure.ts';
import type { LanguageModel, ModelChunk } from '../../../providers/model.ts';
import { playAtHome } from '../home-turn.ts';
import { resultOf } from '../../../turn/call.ts';

interface Run {
  readonly name: string;
  readonly arguments: unknown;
  readonly signal: AbortSignal;
}

/** Reads that are never done before `release`. */
function createReads(...names: readonly string[]) {
  const runs: Run[] = [];
  const released = Promise.withResolvers<void>();
  const tools = names.map((name) =>
    defineTool({
      name,
      description: name,
      input: z.object({ order: z.number().optional() }),
      effect: 'read',
      preamble: 'off',
      run: async (args, { signal }) => {
        runs.push({ name, arguments: args, signal });
        await released.promise;
        return name;
      },
    }),
  );
  return { runs, tools, release: released.resolve };
}

const BREAK = 'break';

/** A model whose replies come piece by piece, each in a tick of its own. */
function modelOf(...replies: readonly (readonly (ModelChunk | typeof BREAK)[])[]): LanguageModel {
  let asked = 0;
  return {
    async *reply() {
      const pieces = replies[asked] ?? [{ type: 'text' as const, text: 'That is all.' }];
      asked += 1;
      for (const piece of pieces) {
        await nextTick();
        if (piece === BREAK) throw new ProviderFailure('The line broke', { retryable: true });
        yield piece;
      }
    },
  };
}

const call = (index: number, name: string, args: string): ModelChunk => ({
  type: 'call',
  index,
  name,
  arguments: args,
});

test('early calls: after a reply that broke off, the call in the same place with equal arguments is another tool', async () => {
  const { runs, tools, release } = createReads('cancel_order', 'refund_order');
  const broken = [call(0, 'cancel_order', '{"order":4002}'), BREAK] as const;
  const model = modelOf(broken, [call(0, 'refund_order', '{"order":4002}')]);
  await using home = playAtHome({ agent: { tools }, model });
  await home.until(() => runs.length === 2);
  release();
  await home.until(() => home.turn.played.finished);
  const [round] = home.turn.played.rounds;
  assert.deepEqual(
    round?.calls.map((call) => [call.name, resultOf(call)?.result]),
    [['refund_order', 'refund_order']],
  );
  assert.deepEqual(
    runs.map(({ name, signal }) => [name, signal.aborted]),
    [
      ['cancel_order', true],
      ['refund_order', false],
    ],
  );
  assert.equal(home.dropped(), 1);
});

test('early calls: a read of a reply that broke off serves no other, even one that asks for the same', async () => {
  const { runs, tools, release } = createReads('find_order');
  const broken = [call(0, 'find_order', '{"order":4002}'), BREAK] as const;
  await using home = playAtHome({
    agent: { tools },
    model: modelOf(broken, [call(0, 'find_order', '{"order":4002}')]),
  });
  await home.until(() => runs.length === 2);
  release();
  await home.until(() => home.turn.played.finished);
  assert.deepEqual(
    runs.map(({ signal }) => signal.aborted),
    [true, false],
  );
  assert.equal(home.dropped(), 1);
});

test('early calls: a call that has index 1 on the wire and is the only one runs once', async () => {
  const { runs, tools, release } = createReads('find_order');
  await using home = playAtHome({ agent: { tools }, model: modelOf([call(1, 'find_order', '{"order":4002}')]) });
  release();
  await home.until(() => home.turn.played.finished);
  assert.equal(runs.length, 1);
  assert.equal(home.dropped(), 0);
});

test('early calls: arguments that go on after they were whole abort the read, which serves nobody', async () => {
  const { runs, tools } = createReads('find_order');
  const more = { type: 'call', index: 0, arguments: '{"order":4002}' } as const;
  await using home = playAtHome({ agent: { tools }, model: modelOf([call(0, 'find_order', '{"order":1}'), more]) });
  await home.until(() => home.turn.played.finished);
  assert.deepEqual(
    home.turn.played.rounds[0]?.calls.map((call) => resultOf(call)?.error?.kind),
    ['invalid_arguments'],
  );
  assert.deepEqual(
    runs.map(({ signal }) => signal.aborted),
    [true],
  );
  assert.equal(home.dropped(), 1);
});

test('early calls: a read that was begun with empty arguments is aborted, and runs with the real ones', async () => {
  const { runs, tools, release } = createReads('find_order');
  const more = { type: 'call', index: 0, arguments: '{"order":4002}' } as const;
  await using home = playAtHome({ agent: { tools }, model: modelOf([call(0, 'find_order', '{}'), more]) });
  await home.until(() => runs.length === 2);
  release();
  await home.until(() => home.turn.played.finished);
  const [made, ...others] = home.turn.played.rounds[0]?.calls ?? [];
  assert.deepEqual([made?.arguments, others], [{ order: 4002 }, []]);
  assert.deepEqual(
    runs.map(({ signal }) => signal.aborted),
    [true, false],
  );
  assert.equal(home.dropped(), 1);
});

test('early calls: where the model fails for good, what its replies had begun is aborted and counted', async () => {
  const { runs, tools } = createReads('find_order');
  const broken = [call(0, 'find_order', '{"order":4002}'), BREAK] as const;
  await using home = playAtHome({ agent: { tools }, model: modelOf(broken, broken) });
  await home.until(() => home.turn.played.finished);
  assert.equal(home.turn.played.ending, 'failed');
  assert.deepEqual(
    runs.map(({ signal }) => signal.aborted),
    [true, true],
  );
  assert.equal(home.dropped(), 2);
});

test('early calls: white space after whole arguments changes nothing, and the call is checked once', async () => {
  const { runs, tools, release } = createReads('find_order');
  let asked = 0;
  const checked = tools.map((tool) => ({ ...tool, rejectIf: () => void (asked += 1) }));
  const more = { type: 'call', index: 0, arguments: ' \n' } as const;
  const model = modelOf([call(0, 'find_order', '{"order":4002}'), more, more]);
  await using home = playAtHome({ agent: { tools: checked }, model });
  release();
  await home.until(() => home.turn.played.finished);
  assert.equal(runs.length, 1);
  assert.equal(asked, 1);
});
