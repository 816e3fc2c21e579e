import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { conversationWorkflowId } from '../../contract/messages.ts';
import { ConversationRecords } from '../../record/conversation-records.ts';
import { TemporalUnreachable } from '../../record/temporal-fault.ts';
import type { ToldTurn } from '../../record/told-turns.ts';
import { startRelay } from '../faults/relay.ts';
import { createWorld, type World } from '../world.ts';

const startedAt = '2026-01-01T00:00:00.000Z';
const began = (number: number) => ({ id: `t${number}`, number, startedAt });
const ended = (number: number) => ({ ...began(number), outcome: 'answered' as const, items: [] });

async function createConversation({ agent, client }: World) {
  const records = new ConversationRecords({ client, agent });
  const id = randomUUID();
  await records.create(id);
  return { id, records, handle: client.workflow.getHandle(conversationWorkflowId(id)) };
}

class Reader implements AsyncDisposable {
  readonly #leaving = new AbortController();
  readonly #told: AsyncIterator<readonly ToldTurn[], undefined>;
  #seen: string[] = [];

  constructor(records: ConversationRecords, id: string) {
    this.#told = records.follow(id, this.#leaving.signal)[Symbol.asyncIterator]();
  }

  /** The next turns that are told at once, as `number` or `number ended`. */
  async next(): Promise<string[]> {
    const { value } = await this.#told.next();
    return (value ?? []).map(({ number, hasEnded }) => (hasEnded ? `${number} ended` : `${number}`));
  }

  /** Reads on until a turn was told so. */
  async until(told: string): Promise<string[]> {
    while (!this.#seen.includes(told)) this.#seen.push(...(await this.next()));
    const seen = this.#seen;
    this.#seen = [];
    return seen;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort();
    return Promise.resolve();
  }
}

test('a followed conversation: tells first what it has, and then each turn that begins and ends', async () => {
  await using world = await createWorld();
  const { id, records } = await createConversation(world);
  await records.tellBegan(id, began(1));
  await records.tellEnded(id, ended(1));
  await using reader = new Reader(records, id);
  assert.deepEqual(await reader.until('1 ended'), ['1', '1 ended']);
  const next = reader.until('2 ended');
  await records.tellBegan(id, began(2));
  await records.tellEnded(id, ended(2));
  assert.deepEqual(await next, ['2', '2 ended']);
});

test('a followed conversation: one without turns tells that it has none, and one that nobody knows tells nothing', async () => {
  await using world = await createWorld();
  const { id, records } = await createConversation(world);
  const { signal } = new AbortController();
  const leaving = new AbortController();
  const none = await records.follow(id, leaving.signal).next();
  assert.deepEqual(none, { value: [], done: false });
  leaving.abort();
  assert.equal((await records.follow(randomUUID(), signal).next()).done, true);
});

test('a followed conversation: one that has closed is followed on when the next turn opens it', async () => {
  await using world = await createWorld();
  const { id, records, handle } = await createConversation(world);
  await records.tellEnded(id, ended(1));
  await using reader = new Reader(records, id);
  await reader.until('1 ended');
  await handle.terminate();
  const next = reader.until('2');
  await records.tellBegan(id, began(2));
  assert.deepEqual(await next, ['1 ended', '2']);
});

test('a followed conversation: a malformed signal is ignored', async () => {
  await using world = await createWorld();
  const { id, records, handle } = await createConversation(world);
  await using reader = new Reader(records, id);
  await reader.next();
  const next = reader.until('1');
  await handle.signal('turnBegan', 'nonsense');
  await handle.signal('other', began(7));
  await records.tellBegan(id, began(1));
  assert.deepEqual(await next, ['1']);
});

test('a followed conversation: while Temporal is away its reader waits, and one that comes then is told so', async () => {
  await using relay = await startRelay(process.env['TEMPORAL_ADDRESS'] ?? '');
  await using direct = await createWorld();
  await using world = await createWorld({ temporalAddress: relay.address, agent: { name: direct.agent.name } });
  const { id, records } = await createConversation(direct);
  const through = new ConversationRecords({ client: world.client, agent: world.agent });
  await using reader = new Reader(through, id);
  await reader.next();
  const next = reader.until('1');
  relay.pause();
  await assert.rejects(through.follow(id, new AbortController().signal).next(), TemporalUnreachable);
  await records.tellBegan(id, began(1));
  relay.resume();
  assert.deepEqual(await next, ['1']);
});
