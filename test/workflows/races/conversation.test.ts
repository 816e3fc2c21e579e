import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { ConversationRecord, TurnBegan, TurnEnded } from '../../../contract/conversation.ts';
import { turnBegan, turnEnded, workflowTypes } from '../../../contract/messages.ts';
import { type Command, createSandbox, fromPayload, HostedWorkflow } from '../../joint/hosted-workflow.ts';
import { type Job, type Sandbox, toPayload } from '../../joint/hosted-workflow.ts';
import { workflowBundle } from '../../workflow-bundle.ts';

// What a conversation hears of in one task, in either order. `ARCHITECTURE.md` has the same table.

let sandbox: Sandbox;
before(async () => {
  sandbox = await createSandbox(await workflowBundle());
});

const NOW_MS = 1_700_000_000_000;
const RECORD: ConversationRecord = {
  ...{ agent: 'races', createdAt: new Date(NOW_MS).toISOString() },
  ...{ metadata: { line: '1' }, context: 'Ada', turns: [], items: [], omittedItems: 0 },
};
const BEGAN: TurnBegan = { id: 'turn-1', number: 1, startedAt: new Date(NOW_MS).toISOString() };
const ENDED: TurnEnded = { ...BEGAN, outcome: 'answered', items: [{ type: 'user', text: 'Hi' }] };

const tells = (signalName: string, argument: object): Job => ({
  signalWorkflow: { signalName, input: [toPayload(argument)], headers: {} },
});

/** What a conversation does in a task that brings two events; `dayIsOver` stands for its timer. */
async function commandsOf(jobs: readonly (Job | 'dayIsOver')[], more = {}): Promise<readonly Command[]> {
  const start = { workflowId: 'conversation-1', runId: 'run-1', type: workflowTypes.conversation, taskQueue: 'shared' };
  const workflow = await HostedWorkflow.create(sandbox, { ...start, nowMs: NOW_MS });
  const begin = { workflowType: start.type, workflowId: start.workflowId, arguments: [toPayload(RECORD)], headers: {} };
  const [begun] = await workflow.activate([{ initializeWorkflow: begin }], NOW_MS);
  const fireTimer = { seq: Number(begun?.startTimer?.seq) };
  const task = jobs.map((job) => (job === 'dayIsOver' ? { fireTimer } : job));
  const commands = await workflow.activate(task, NOW_MS, more);
  await workflow.dispose();
  return commands;
}

async function inBothOrders(
  [one, other]: readonly [Job | 'dayIsOver', Job | 'dayIsOver'],
  check: (commands: readonly Command[]) => void,
  more = {},
): Promise<void> {
  check(await commandsOf([one, other], more));
  check(await commandsOf([other, one], more));
}

const resultOf = (commands: readonly Command[]): ConversationRecord | undefined => {
  const completed = commands.find(({ completeWorkflowExecution }) => completeWorkflowExecution);
  return completed && (fromPayload(completed.completeWorkflowExecution?.result) as ConversationRecord);
};
const waitsAnew = (commands: readonly Command[]): boolean => commands.some(({ startTimer }) => startTimer);

for (const [what, signal] of [
  ['begins', tells(turnBegan, BEGAN)],
  ['ends', tells(turnEnded, ENDED)],
] as const)
  test(`in one task: a turn that ${what} and the end of the day: the conversation stays open for another day`, async () => {
    await inBothOrders([signal, 'dayIsOver'], (commands) =>
      assert.deepEqual([resultOf(commands), waitsAnew(commands)], [undefined, true]),
    );
  });

test('in one task: a malformed signal and the end of the day: the conversation closes', async () => {
  await inBothOrders([tells(turnEnded, { id: 7 }), 'dayIsOver'], (commands) =>
    assert.deepEqual(resultOf(commands), RECORD),
  );
});

test('in one task: the begin and the end of a turn: the turn has ended', async () => {
  const isSuggested = { continueAsNewSuggested: true };
  const check = (commands: readonly Command[]): void => {
    const continued = commands.find(({ continueAsNewWorkflowExecution }) => continueAsNewWorkflowExecution);
    const [input] = continued?.continueAsNewWorkflowExecution?.arguments ?? [];
    const { turns, items } = fromPayload(input) as ConversationRecord;
    assert.deepEqual([turns.map(({ state }) => state), items], [['finished'], ENDED.items]);
  };
  await inBothOrders([tells(turnBegan, BEGAN), tells(turnEnded, ENDED)], check, isSuggested);
});

test('in one task: a signal, the end of the day and the wish to go on as new: it goes on, with what was told', async () => {
  const check = (commands: readonly Command[]): void => {
    const continued = commands.find(({ continueAsNewWorkflowExecution }) => continueAsNewWorkflowExecution);
    const [input] = continued?.continueAsNewWorkflowExecution?.arguments ?? [];
    assert.deepEqual((fromPayload(input) as ConversationRecord).items, ENDED.items);
  };
  await inBothOrders([tells(turnEnded, ENDED), 'dayIsOver'], check, { continueAsNewSuggested: true });
});
