import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { defineTool } from 'legato';
import { z } from 'zod';
import { searchAttributes } from '../../contract/messages.ts';
import type { TurnResult } from '../../contract/turn.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { createWorld } from '../world.ts';
import type { StartedTurn } from '../world.ts';
import { when } from './barge-in/caller.ts';

// What becomes of writes that the deadline finds under way: one at its gate, one that ends while the apology is said, and
// one that does not end.

const APOLOGY = 'So sorry, that took me too long.';
/** Long enough for writes to begin before it, also on a busy machine. */
const DEADLINE_MS = 4_000;

function createWrites() {
  const ended = { quick: Promise.withResolvers<string>(), endless: Promise.withResolvers<string>() };
  const begun: string[] = [];
  const signals: AbortSignal[] = [];
  const write = (name: 'gated' | keyof typeof ended) =>
    defineTool({
      ...{ name, description: name, input: z.object({}), effect: 'write', preamble: 'off' },
      ...{ start: name === 'gated' ? 'after_speech' : 'at_once', timeoutMs: 60_000, budgetMs: 60_000 },
      run: (_, { signal }) => {
        begun.push(name);
        signals.push(signal);
        return name === 'gated' ? 'paid' : ended[name].promise;
      },
    });
  return { tools: [write('gated'), write('quick'), write('endless')], ended, begun, signals };
}

const calls = ['gated', 'quick', 'endless'].map((name) => ({ name, arguments: {} }));
const rules = [{ reply: { text: 'One moment, please, while I see to all of that for you. '.repeat(3), calls } }];

async function expiredResult(turn: StartedTurn): Promise<TurnResult> {
  const error: unknown = await turn.result().catch((failure: unknown) => failure);
  const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
  assert.ok(cause instanceof ApplicationFailure && cause.type === 'Turn.Expired', String(cause));
  return cause.details?.[0] as TurnResult;
}

function settled({ items }: TurnResult): readonly unknown[] {
  return items.flatMap((item) => (item.type === 'result' ? [item.error?.kind ?? item.result] : []));
}

for (const [kind, isMoment, isCut] of [
  ['while the apology is said', when('speech.sentence', { text: APOLOGY }), false],
  ['when the caller has spoken into that', when('turn.interrupted'), true],
] as const) {
  test(`deadline: a write that ends ${kind} counts, one that does not is unknown, one at its gate never ran`, async () => {
    const { tools, ended, begun, signals } = createWrites();
    const onPublish = (event: NewEvent, id: string): void => {
      if (isMoment(event)) ended.quick.resolve('booked');
      const isLate = event.type === 'tool.finished' && event.name === 'gated';
      if (isCut && isLate) queueMicrotask(() => world.turns.get(id)?.interrupt({ id: 'stop' }));
    };
    const agent = { tools, deadlineMs: DEADLINE_MS, apology: APOLOGY };
    await using world = await createWorld({ rules, agent, onPublish });
    const turn = await world.start('All of it', { modality: 'audio' });
    const result = await expiredResult(turn);
    ended.endless.resolve('too late');
    assert.deepEqual(settled(result), ['cancelled', 'booked', 'outcome_unknown']);
    assert.deepEqual(begun, ['quick', 'endless']);
    assert.ok(signals.every(({ aborted }) => !aborted));
    const tool = result.steps.filter((step) => step.kind === 'tool');
    assert.deepEqual(
      tool.map(({ state }) => state),
      ['cancelled', 'finished', 'unknown'],
    );
    const { typedSearchAttributes } = await turn.handle.describe();
    const unknown = typedSearchAttributes.getAll().find(({ key }) => key.name === searchAttributes.unknownCall);
    assert.equal(unknown?.value, 'tool:1:2:endless');
    const finished = (await turn.events).filter((event) => event.type === 'tool.finished');
    assert.deepEqual(finished.map(({ name, ok, error }) => [name, ok, error?.kind]).toSorted(), [
      ['endless', false, 'outcome_unknown'],
      ['gated', false, 'cancelled'],
      ['quick', true, undefined],
    ]);
  });
}
