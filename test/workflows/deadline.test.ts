import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { createWorld } from '../world.ts';

/** Long enough for a tool to begin on a busy machine. */
const DEADLINE_MS = 3_000;
const rules: ScriptRule[] = [{ reply: { calls: [{ name: 'book', arguments: { preamble: 'I am booking it.' } }] } }];

interface Booking {
  readonly start: 'at_once' | 'after_speech';
  readonly run: (signal: AbortSignal) => Promise<string>;
  readonly onApology?: () => void;
}

async function book({ start, run, onApology }: Booking, voice: 'works' | 'hangs' = 'works') {
  let runs = 0;
  const tool = defineTool({
    name: 'book',
    description: 'Writes',
    input: z.object({}),
    effect: 'write',
    start,
    timeoutMs: 60_000,
    budgetMs: 60_000,
    run: (_, { signal }) => {
      runs += 1;
      return run(signal);
    },
  });
  const agent = { tools: [tool], deadlineMs: DEADLINE_MS, apology: 'Sorry.' };
  const onPublish = (event: NewEvent): void => {
    if (event.type === 'speech.sentence' && event.text === 'Sorry.') onApology?.();
  };
  await using world = await createWorld({ agent, rules, onPublish });
  if (voice === 'hangs') world.scripted.failNext({ endpoint: 'speech', kind: 'hang', times: 1 });
  const turn = await world.start('Please', { modality: voice === 'hangs' ? 'audio' : 'text' });
  await turn.handle.result().catch(() => undefined); // how it ended is told
  const end = (await turn.events).at(-1);
  const settled = (await turn.events).find((event) => event.type === 'tool.finished');
  return { outcome: end?.type === 'turn.finished' && end.outcome, settled, runs };
}

test('deadline: a write that waits at its gate is cancelled, and never runs', async () => {
  const { outcome, settled, runs } = await book({ start: 'after_speech', run: () => Promise.resolve('no') }, 'hangs');
  assert.deepEqual([outcome, settled?.error?.kind, runs], ['expired', 'cancelled', 0]);
});

test('deadline: a write that ends soon after it stands with its result', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const booking = { run: () => promise, onApology: () => resolve('booked') };
  const { outcome, settled, runs } = await book({ start: 'at_once', ...booking });
  assert.deepEqual([outcome, settled?.result, runs], ['expired', 'booked', 1]);
});

test('deadline: a write that does not end is never aborted, and its outcome is unknown', async () => {
  const signals: AbortSignal[] = [];
  const { outcome, settled } = await book({
    start: 'at_once',
    run: (signal) => {
      signals.push(signal);
      return new Promise(() => undefined);
    },
  });
  assert.deepEqual([outcome, settled?.error?.kind], ['expired', 'outcome_unknown']);
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [false],
  );
});
