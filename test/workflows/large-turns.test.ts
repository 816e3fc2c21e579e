import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { WorkflowFailedError } from '@temporalio/client';
import { defineTool } from 'legato';
import { z } from 'zod';
import type { Item } from '../../contract/items.ts';
import type { TurnRecord } from '../../contract/turn-record.ts';
import type { ConversationRecord, TurnEnded } from '../../contract/conversation.ts';
import { conversationRecord, conversationWorkflowId, turnEnded, turnRecord } from '../../contract/messages.ts';
import { readConversation } from '../../record/read-conversation.ts';
import { TURN_LIMIT_BYTES } from '../../turn/budget.ts';
import { MAX_WORDS_CHARS } from '../../live/thinking/round-words.ts';
import { CONVERSATION_LIMIT_BYTES } from '../../workflows/conversation-record.ts';
import type { LogLine } from '../log-lines.ts';
import { createWorld } from '../world.ts';
import { TURN_ENDED, type TurnReport } from '../../worker/log/turn-report.ts';

// Turns that are larger than Temporal takes: 2 MiB a payload, 4 MiB a message.

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const resultsOf = (items: readonly Item[]) => items.filter((item) => item.type === 'result');

const list = defineTool({
  name: 'list_orders',
  description: 'Lists orders',
  input: z.object({ page: z.number() }),
  effect: 'read',
  preamble: 'off',
  run: ({ page }) => `${page}: ${'order '.repeat(31_000 / 6)}`,
});

const sixteen = Array.from({ length: 16 }, (_, page) => ({ name: 'list_orders', arguments: { page } }));

test('large turn: five rounds of 16 calls with 31 kB each end, and the model is shown what the record has', async () => {
  await using world = await createWorld({
    agent: { tools: [list] },
    rules: [{ when: { round: 6 }, reply: { text: 'That is all.' } }, { reply: { calls: sixteen } }],
  });
  const turn = await world.start('List all');
  const { conversationId, outcome, items } = await turn.result();
  assert.equal(outcome, 'answered');
  assert.equal(resultsOf(items).length, 80);
  assert.ok(bytesOf(items) <= TURN_LIMIT_BYTES, `${bytesOf(items)} bytes`);
  const record = await turn.handle.query<TurnRecord>(turnRecord);
  assert.ok(bytesOf(record.state.rounds) <= TURN_LIMIT_BYTES, `${bytesOf(record.state.rounds)} bytes`);
  const shown = world.scripted.requests.chat.all
    .at(-1)
    ?.body.messages.filter(({ role }) => role === 'tool')
    .map(({ content }) => content);
  const kept = resultsOf(items).map(({ result }) => result);
  assert.deepEqual(shown, kept);
  for (const text of kept)
    assert.match(typeof text === 'string' ? text : '', /^"\d+: order .*\[cut: the whole result has \d+ bytes, /s);
  assert.deepEqual((await readConversation(world.client, conversationId))?.record.items, items);
});

test('large turn: a model that writes without end is cut, what was said is in the record, and the log says so', async () => {
  await using world = await createWorld({ rules: [{ reply: { text: 'word '.repeat(20_000) } }] });
  const { outcome, items } = await (await world.start('Tell me all')).result();
  const [speech] = items.filter((item) => item.type === 'speech');
  assert.equal(outcome, 'answered');
  assert.ok(speech && speech.text.length <= MAX_WORDS_CHARS && speech.text.length > MAX_WORDS_CHARS - 10);
  assert.equal(speech.heardText, speech.text.trim());
  const line = (await world.log.arrival(TURN_ENDED)) as LogLine & TurnReport;
  assert.deepEqual(
    line.troubles.map(({ step, kind }) => [step, kind]),
    [['think:1', 'cut']],
  );
});

test('large turn: a tool that would have the model told 3 MB ends the turn as failed, with the reason', async () => {
  const wordy = { ...list, onFailure: { guide: 'x'.repeat(3_000_000) } };
  await using world = await createWorld({
    agent: { tools: [wordy] },
    rules: [{ reply: { calls: sixteen.slice(0, 1) } }],
  });
  const turn = await world.start('List all');
  const error: unknown = await turn.result().catch((failed: unknown) => failed);
  assert.ok(error instanceof WorkflowFailedError);
  assert.match(error.cause?.message ?? '', /think:1.*The round cannot be recorded: .*3\d{6} bytes.*shorten/);
});

test('large conversation: whatever its turns tell, its record stays a payload, also where it goes on as new', async () => {
  await using world = await createWorld();
  const id = `large-${randomUUID()}`;
  const { client } = world;
  await world.conversations.create(id);
  const handle = client.workflow.getHandle(conversationWorkflowId(id));
  const { runId } = await handle.describe();
  const result = '語'.repeat(10_000);
  const items = Array.from(sixteen, (_, index): Item => ({ type: 'result', call: `c${index}`, ok: true, result }));
  let record = await handle.query<ConversationRecord>(conversationRecord);
  for (let number = 1; number <= 12; number += 1) {
    const began = { id: `t${number}`, number, startedAt: new Date().toISOString() };
    await handle.signal(turnEnded, { ...began, outcome: 'answered', items } satisfies TurnEnded);
    record = await handle.query<ConversationRecord>(conversationRecord);
  }
  assert.equal(record.turns.length, 12);
  assert.equal(record.items.length + record.omittedItems, 12 * items.length);
  assert.ok(bytesOf(record) <= CONVERSATION_LIMIT_BYTES);
  assert.ok(bytesOf(record) > CONVERSATION_LIMIT_BYTES / 2);
  assert.notEqual((await handle.describe()).runId, runId, 'It should have gone on as new');
  await handle.terminate();
});
