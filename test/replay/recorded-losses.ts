import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { createLegatoClient } from 'legato/client';
import type { CallToolResult } from '../../contract/steps.ts';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import { serveAgent, type ServedAgent } from '../durability/served-agent.ts';
import { followHistory, type HistoryEvent } from '../durability/followed-history.ts';
import type { ServingProcess } from '../serving-process.ts';
import { act, hold } from '../workflows/barge-in/act.ts';
import { createWorld } from '../world.ts';
import type { Recordings } from './recorded-turns.ts';

const rules: ScriptRule[] = [
  { when: { afterTool: true }, reply: { text: 'That is done.' } },
  { when: { user: 'both' }, reply: { calls: ['look', 'book'].map((name) => ({ name, arguments: {} })) } },
  { when: { user: 'look' }, reply: { text: 'One moment.', calls: [{ name: 'look', arguments: {} }] } },
  { when: { user: 'book' }, reply: { calls: [{ name: 'book', arguments: {} }] } },
];

const acts: ScriptRule[] = [
  { when: { afterTool: true }, reply: { text: 'That is done.' } },
  { reply: { calls: [{ name: 'act', arguments: {} }] } },
];

/** Turns whose process ends in mid-turn, and that another process ends. */
export const recordedLosses: Recordings = {
  'lost-in-a-read': () => lose('look'),
  'lost-in-a-write': () => lose('book'),
  'handed-over': handOver,
  'completed-before-deadline': completeBeforeDeadline,
  'completed-behind-deadline': completeBehindDeadline,
};

async function lose(words: string): Promise<History> {
  await using agent = await serveAgent(rules);
  // On a busy machine the second process may start late.
  const serving = await agent.start({ toolsHang: true, deadlineMs: 300_000 });
  const turn = await startTurn(agent, serving, { words, calls: 1 });
  await serving.kill();
  return await finish(agent, turn);
}

/** A process that stops gives its turn to another one. */
async function handOver(): Promise<History> {
  const { run, begun } = hold();
  const name = `handed-over-${randomUUID().slice(0, 8)}`;
  const { tool } = act({}, run);
  await using first = await createWorld({ rules: acts, agent: { name, tools: [tool] } });
  const turn = await first.start('Hello');
  await begun;
  await using _ = await createWorld({ rules: acts, agent: { name, tools: [act({}).tool] } });
  await first.stopWorkers();
  await turn.result();
  first.turns.forget(turn.id);
  return await turn.handle.fetchHistory();
}

/** The call ends, then the turn runs out of time, and the record hears of both in one task. */
async function completeBeforeDeadline(): Promise<History> {
  await using agent = await serveAgent(rules);
  const serving = await agent.start({ toolsHang: true, deadlineMs: 3_000 });
  const turn = await startTurn(agent, serving, { words: 'book', calls: 1 });
  await serving.kill();
  await complete(agent, turn, 'tool-1-0-book');
  await untilEvent(agent, turn, ({ timerFiredEventAttributes: fired }) => Boolean(fired));
  return await finish(agent, turn);
}

/** The same with a workflow task in the hands of the process that dies: the server puts what ends meanwhile behind the deadline. */
async function completeBehindDeadline(): Promise<History> {
  await using agent = await serveAgent(rules);
  const serving = await agent.start({ toolsHang: true, deadlineMs: 3_000 });
  const turn = await startTurn(agent, serving, { words: 'both', calls: 2 });
  serving.pause();
  await complete(agent, turn, 'tool-1-0-look');
  let ended = 0;
  await untilEvent(agent, turn, (event) => {
    if (event.activityTaskCompletedEventAttributes) ended += 1; // the model call, then this one
    return ended === 2 && Boolean(event.workflowTaskStartedEventAttributes);
  });
  await complete(agent, turn, 'tool-1-1-book');
  await serving.kill();
  await untilEvent(agent, turn, ({ timerFiredEventAttributes: fired }) => Boolean(fired));
  return await finish(agent, turn);
}

/** In place of the process that has begun it. */
async function complete({ client }: ServedAgent, { workflowId }: WorkflowHandle, activityId: string): Promise<void> {
  const result: CallToolResult = { ok: true, result: activityId, attempts: 1, durationMs: 1 };
  await client.activity.complete({ workflowId, activityId }, result);
}

interface Begun {
  readonly words: string;
  /** How many calls have begun, by the record. */
  readonly calls: number;
}

async function startTurn({ client }: ServedAgent, { url }: ServingProcess, begun: Begun): Promise<WorkflowHandle> {
  const legato = createLegatoClient({ baseUrl: url });
  const { id: conversation } = await legato.createConversation();
  const { id } = await legato.startTurn(conversation, { text: begun.words, modality: 'text' });
  const calls = new Set<string>();
  for await (const event of legato.events(id)) {
    if (event.type === 'step.recorded' && event.step.startsWith('tool:')) calls.add(event.step);
    if (calls.size === begun.calls) break;
  }
  return client.workflow.getHandle(id);
}

async function finish(agent: ServedAgent, turn: WorkflowHandle): Promise<History> {
  const second = await agent.start();
  try {
    await turn.result().catch(() => undefined); // one that ran out of time is one of the kinds
    return await turn.fetchHistory();
  } finally {
    await second.stop();
  }
}

async function untilEvent(
  { client }: ServedAgent,
  { workflowId }: WorkflowHandle,
  isMeant: (event: HistoryEvent) => boolean,
): Promise<void> {
  for await (const event of followHistory(client, workflowId)) if (isMeant(event)) return;
  assert.fail('The turn ended before that event');
}
