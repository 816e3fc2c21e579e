import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFrontEndWorld, type FrontEndWorld } from '../front-end-world.ts';
import { holdTurns } from '../held-turns.ts';

/** The workflows that Temporal is asked to describe, from now on. */
function watchDescriptions({ client }: FrontEndWorld): readonly string[] {
  const { workflowService } = client.connection;
  const asked: string[] = [];
  const ask = workflowService.describeWorkflowExecution.bind(workflowService);
  workflowService.describeWorkflowExecution = ((request: { execution?: { workflowId?: string } }) => {
    asked.push(request.execution?.workflowId ?? '');
    return ask(request);
  }) as typeof ask;
  return asked;
}

test('conversation: where another process has taken the next number, Temporal is asked once about a turn that another process speaks for', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  await using other = await createFrontEndWorld({ agent: { name: world.agent.name } });
  const conversation = await world.newConversation();
  const { id } = await world.accept(conversation, 'hold');
  await holding.held;
  const described = watchDescriptions(other);
  other.conversations.outdate(conversation);
  const found = await other.conversations.find(conversation);
  const asked = described.filter((workflowId) => workflowId === id);
  holding.release();
  await world.ended(id);
  assert.ok(found && 'openElsewhere' in found);
  assert.deepEqual(
    found.openElsewhere.map((turn) => turn.id),
    [id],
  );
  assert.deepEqual(asked, [id]);
});
