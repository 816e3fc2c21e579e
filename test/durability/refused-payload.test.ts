import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ApplicationFailure, TerminatedFailure, WorkflowFailedError } from '@temporalio/client';
import { defineTool } from 'legato';
import { z } from 'zod';
import type { TurnResult } from '../../contract/turn.ts';
import { readConversation } from '../../record/read-conversation.ts';
import { createWorld, type StartedTurn } from '../world.ts';
import { startSmallServer } from './small-server.ts';

// Payloads that Temporal refuses: its limit is the operator's to set, and what a turn comes to is kept below the usual one.

const server = await startSmallServer(24 * 1024);
after(() => server[Symbol.asyncDispose]());

const look = defineTool({
  name: 'look',
  description: 'Looks something up',
  input: z.object({ page: z.number().optional(), note: z.string().optional() }),
  effect: 'read',
  preamble: 'off',
  run: ({ page }) => 'found '.repeat(page === undefined ? 1 : 2_000),
});

async function failureOf(turn: StartedTurn): Promise<WorkflowFailedError> {
  const error: unknown = await turn.result().then(
    () => assert.fail('The turn was answered'),
    (failed: unknown) => failed,
  );
  assert.ok(error instanceof WorkflowFailedError);
  return error;
}

test('refused payload: a round that Temporal does not take ends the turn as failed, with the reason', async () => {
  await using world = await createWorld({
    temporalAddress: server.address,
    agent: { tools: [look] },
    rules: [{ reply: { calls: [{ name: 'look', arguments: { note: 'n'.repeat(30_000) } }] } }],
  });
  const { cause } = await failureOf(await world.start('Look'));
  assert.ok(cause instanceof ApplicationFailure);
  assert.match(cause.message, /The model failed in 'think:1': .*exceeds size limit/);
  assert.equal((cause.details?.[0] as TurnResult).outcome, 'failed');
});

test('refused payload: a turn whose end Temporal does not take ends all the same, and its conversation knows how', async () => {
  await using world = await createWorld({
    temporalAddress: server.address,
    agent: { tools: [look] },
    rules: [
      { when: { afterTool: true }, reply: { text: 'I have looked.' } },
      { reply: { calls: [0, 1, 2].map((page) => ({ name: 'look', arguments: { page } })) } },
    ],
  });
  const turn = await world.start('Look');
  const { cause } = await failureOf(turn);
  assert.ok(cause instanceof TerminatedFailure);
  assert.match(cause.message, /exceeds size limit/);
  const finished = (await turn.events).at(-1);
  assert.equal(finished?.type === 'turn.finished' && finished.outcome, 'answered');
  const conversation = await readConversation(world.client, turn.live.start.conversationId);
  assert.deepEqual(
    conversation?.record.turns.map(({ state, itemCount }) => [state, itemCount]),
    [['finished', 0]],
  );
});
