import { historyFromJSON, historyToJSON, type History } from '@temporalio/common/lib/proto-utils.js';
import type { ConversationRecord } from '../../contract/conversation.ts';
import { conversationRecord, conversationWorkflowId } from '../../contract/messages.ts';
import { createFrontEndWorld, type FrontEndWorld } from '../front-end-world.ts';
import { startServerOfShortRuns } from './server-of-short-runs.ts';
import type { Recordings } from './recorded-turns.ts';

/** Conversations of a few turns, by what becomes of them. */
export const recordedConversations: Recordings = {
  'conversation-open': () => talk(({ conversation }) => conversation.fetchHistory()),
  'conversation-closed-after-a-day': () => talk(closeAfterADay),
  'conversation-reopened': () => talk(reopen),
  'conversation-continued-as-new': () => continueAsNew(({ firstRun }) => firstRun.fetchHistory()),
  'conversation-after-continuing': () => continueAsNew(({ conversation }) => conversation.fetchHistory()),
};

type Handle = ReturnType<typeof toHandle>;

interface Talk {
  readonly id: string;
  readonly world: FrontEndWorld;
  readonly conversation: Handle;
  readonly firstRun: Handle;
}

/** Two turns of one conversation, which has heard of both. */
async function talk(then: (talk: Talk) => Promise<History>, temporalAddress?: string): Promise<History> {
  await using world = await createFrontEndWorld(temporalAddress === undefined ? {} : { temporalAddress });
  const id = await world.newConversation();
  const conversation = toHandle(world, id);
  const { runId } = await conversation.describe();
  for (const text of ['Hello', 'Hello again']) await world.play(id, text);
  await readRecord(conversation);
  return await then({ id, world, conversation, firstRun: toHandle(world, id, runId) });
}

function toHandle({ client }: FrontEndWorld, id: string, runId?: string) {
  return client.workflow.getHandle(conversationWorkflowId(id), runId);
}

/** Answered when the conversation has taken all its signals. */
function readRecord(conversation: Handle): Promise<ConversationRecord> {
  return conversation.query<ConversationRecord>(conversationRecord);
}

/** The workflow has closed when its next turn reports that it began. */
async function reopen({ id, world, conversation }: Talk): Promise<History> {
  await conversation.terminate('So that the next turn finds it closed');
  await world.play(id, 'Hello once more');
  await readRecord(conversation);
  return conversation.fetchHistory();
}

async function continueAsNew(then: (talk: Talk) => Promise<History>): Promise<History> {
  await using server = await startServerOfShortRuns(16);
  return await talk(then, server.address);
}

type JsonEvent = { eventId: string; eventTime: string } & Record<string, unknown>;

const DAY_MS = 24 * 60 * 60_000;

/**
 * Nobody waits a day for a history: this one is made of an open conversation's by adding what the server writes when
 * its timer fires. That the workflow then ends with its record is what the replay shows.
 */
async function closeAfterADay({ conversation }: Talk): Promise<History> {
  const record = await readRecord(conversation);
  const { events } = JSON.parse(historyToJSON(await conversation.fetchHistory())) as { events: JsonEvent[] };
  const [started, timer] = [events[0], events.findLast((event) => event['eventType'] === 'EVENT_TYPE_TIMER_STARTED')];
  const { timerId } = timer?.['timerStartedEventAttributes'] as { timerId: string };
  const { taskQueue } = started?.['workflowExecutionStartedEventAttributes'] as { taskQueue: object };
  const add = (eventType: string, attributes: Readonly<Record<string, object>>): string => {
    const eventId = String(events.length + 1);
    const eventTime = new Date(Date.parse(timer?.eventTime ?? '') + DAY_MS).toISOString();
    events.push({ eventId, eventTime, eventType: `EVENT_TYPE_${eventType}`, ...attributes });
    return eventId;
  };
  add('TIMER_FIRED', { timerFiredEventAttributes: { timerId, startedEventId: timer?.eventId } });
  const scheduledEventId = add('WORKFLOW_TASK_SCHEDULED', {
    workflowTaskScheduledEventAttributes: { taskQueue, startToCloseTimeout: '10s', attempt: 1 },
  });
  const startedEventId = add('WORKFLOW_TASK_STARTED', { workflowTaskStartedEventAttributes: { scheduledEventId } });
  const workflowTaskCompletedEventId = add('WORKFLOW_TASK_COMPLETED', {
    workflowTaskCompletedEventAttributes: { scheduledEventId, startedEventId },
  });
  const result = {
    payloads: [{ metadata: { encoding: toBase64('json/plain') }, data: toBase64(JSON.stringify(record)) }],
  };
  add('WORKFLOW_EXECUTION_COMPLETED', {
    workflowExecutionCompletedEventAttributes: { result, workflowTaskCompletedEventId },
  });
  return historyFromJSON({ events });
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
