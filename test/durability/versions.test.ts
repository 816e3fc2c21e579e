import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createLegatoClient, LegatoError } from 'legato/client';
import type { ServedEvent } from '../../contract/http.ts';
import type { Item } from '../../contract/items.ts';
import { conversationWorkflowId } from '../../contract/messages.ts';
import type { TurnResult } from '../../contract/turn.ts';
import { followHistory } from './followed-history.ts';
import { isRecorded } from '../run-ahead.ts';
import type { ServingProcess } from '../serving-process.ts';
import { createNextVersion, nextPatches, type NextVersion } from './next-version.ts';
import { type ProcessOptions, serveAgent, type ServedAgent } from './served-agent.ts';

// Processes of two versions of the workflow code, side by side or one after the other: this release, and two later ones
// with the same change, of which the first knows its patches and the second writes them.

/** As the server counts the causes of failed tasks. */
const NON_DETERMINISTIC = 24;
/** On a busy machine processes start slowly, and each task that one holds which does not know a patch costs 10 s. */
const DEADLINE_MS = 300_000;

let agent: ServedAgent;
let knowing: NextVersion;
let writing: NextVersion;

before(async () => {
  [knowing, writing] = await Promise.all([
    createNextVersion({ isWritten: false }),
    createNextVersion({ isWritten: true }),
  ]);
  agent = await serveAgent([
    { when: { afterTool: true }, reply: { text: 'That is done.' } },
    { when: { user: 'look' }, reply: { text: 'One moment.', calls: [{ name: 'look', arguments: {} }] } },
    { when: { user: 'book' }, reply: { calls: [{ name: 'book', arguments: {} }] } },
    { when: { user: 'story' }, reply: { text: 'It is about a ship. And about its captain.' } },
    { when: { user: 'one' }, reply: { text: 'First.' } },
    { when: { user: 'two' }, reply: { text: 'Second.' } },
    { reply: { text: 'Third.' } },
  ]);
});

after(async () => {
  await agent[Symbol.asyncDispose]();
  await knowing[Symbol.asyncDispose]();
  await writing[Symbol.asyncDispose]();
});

const start = (options: ProcessOptions = {}) => agent.start({ deadlineMs: DEADLINE_MS, ...options });

/** A process of a busy machine may have no time for a request: then nothing was done. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LegatoError) || error.status !== 503) throw error;
    }
  }
}

type At = (event: ServedEvent) => boolean;

interface Begun {
  readonly id: string;
  readonly conversation: string;
}

/** A turn that has come to an event. */
async function begin({ url }: ServingProcess, words: string, at: At): Promise<Begun> {
  const legato = createLegatoClient({ baseUrl: url });
  const { id: conversation } = await patiently(() => legato.createConversation());
  const { id } = await patiently(() => legato.startTurn(conversation, { text: words }));
  for await (const event of legato.events(id)) if (at(event)) return { id, conversation };
  return assert.fail('The turn ended before that event');
}

interface Ended extends TurnResult {
  /** The tools that ran for the turn, in any process. */
  readonly runs: readonly string[];
  /** Patches that are written in its history. */
  readonly written: readonly string[];
  readonly failedTasks: number;
}

async function end({ id }: Pick<Begun, 'id'>): Promise<Ended> {
  const handle = agent.client.workflow.getHandle(id);
  const result = (await handle.result()) as TurnResult;
  const runs = agent.runs().filter(({ key }) => key.startsWith(`${id}/`));
  const { events } = await handle.fetchHistory();
  const failedTasks = (events ?? []).filter(({ workflowTaskFailedEventAttributes: failed }) => failed).length;
  return { ...result, runs: runs.map(({ tool }) => tool), written: await writtenIn(id), failedTasks };
}

/** The ids of patches, from the markers in a history. */
async function writtenIn(workflowId: string): Promise<readonly string[]> {
  const { events } = await agent.client.workflow.getHandle(workflowId).fetchHistory();
  const data = (events ?? []).flatMap(({ markerRecordedEventAttributes: marker }) =>
    Object.values(marker?.details ?? {}).flatMap(({ payloads }) => payloads?.map((payload) => payload.data) ?? []),
  );
  return data.flatMap((bytes) => {
    const { id } = JSON.parse(Buffer.from(bytes ?? []).toString()) as { id?: string };
    return id === undefined ? [] : [id];
  });
}

const isRunning = ({ type }: ServedEvent): boolean => type === 'tool.started';
const isSpoken = (event: ServedEvent): boolean => isRecorded('voice:1', event);
const resultIn = (items: readonly Item[]) => items.find((item) => item.type === 'result');
const wordsIn = (items: readonly Item[]) => items.flatMap((item) => (item.type === 'speech' ? [item.text] : []));

test('versions: kill -9 of the only process of this release: the next one goes on with its turns, and each ends once', async () => {
  const serving = await start({ toolsHang: true });
  const turns = await Promise.all([
    begin(serving, 'look', isRunning),
    begin(serving, 'book', isRunning),
    begin(serving, 'A story', isSpoken),
  ]);
  await serving.kill();
  const next = await start({ version: writing });
  const legato = createLegatoClient({ baseUrl: next.url });
  try {
    const ends = await Promise.all(turns.map((turn) => end(turn)));
    for (const [index, { outcome, items, written, failedTasks }] of ends.entries()) {
      assert.deepEqual([outcome, written, failedTasks], ['answered', [nextPatches.end], 0]);
      assert.equal(new Set(wordsIn(items)).size, wordsIn(items).length);
      const record = await patiently(() => legato.conversation(turns[index]?.conversation ?? ''));
      assert.deepEqual(record.items, items);
    }
    const [look, book] = ends;
    assert.deepEqual([look?.runs, book?.runs], [['look', 'look'], ['book']]);
    assert.equal(resultIn(book?.items ?? [])?.error?.kind, 'outcome_unknown');
  } finally {
    await next.stop();
  }
});

test('versions: a turn of a release that writes a patch ends in the release before, which knows it, and no task fails', async () => {
  const serving = await start({ version: writing, toolsHang: true });
  const turn = await begin(serving, 'look', isRunning);
  const before = await start({ version: knowing });
  await serving.kill();
  try {
    const { outcome, runs, written, failedTasks } = await end(turn);
    assert.deepEqual([outcome, runs, failedTasks], ['answered', ['look', 'look'], 0]);
    // What the writing release has begun goes on by its rules; the knowing one writes nothing by itself.
    assert.deepEqual(written, [nextPatches.begin]);
  } finally {
    await before.stop();
  }
});

test('versions: a turn of a release that writes a patch is not lost to a process that does not know it', async () => {
  const serving = await start({ version: writing, toolsHang: true });
  const turn = await begin(serving, 'book', isRunning);
  const unknowing = await start();
  await serving.kill();
  for await (const { workflowTaskFailedEventAttributes: failed } of followHistory(agent.client, turn.id))
    if (Number(failed?.cause) === NON_DETERMINISTIC) break;
  const next = await start({ version: writing });
  await unknowing.stop();
  try {
    const { outcome, runs, items } = await end(turn);
    assert.deepEqual([outcome, runs], ['answered', ['book']]);
    assert.equal(resultIn(items)?.error?.kind, 'outcome_unknown');
  } finally {
    await next.stop();
  }
});

const SPOKEN = [
  ['one', 'First.'],
  ['two', 'Second.'],
  ['three', 'Third.'],
] as const;

/** Plays the turns of one conversation, each in a process of another version; resolves with what Temporal has of it. */
async function talk(versions: readonly (NextVersion | undefined)[]) {
  let conversation: string | undefined;
  for (const [index, version] of versions.entries()) {
    const serving = await start(version && { version });
    const legato = createLegatoClient({ baseUrl: serving.url });
    const id = (conversation ??= (await patiently(() => legato.createConversation())).id);
    const text = SPOKEN[index]?.[0] ?? '';
    const turn = await patiently(() => legato.startTurn(id, { text, modality: 'text' }));
    await legato.result(turn.id);
    const record = await patiently(() => legato.conversation(id));
    await serving.stop();
    if (index === versions.length - 1) return { ...record, written: await writtenIn(conversationWorkflowId(id)) };
  }
  return assert.fail('There is no turn to play');
}

const orders = {
  'an update by one release and another': [() => undefined, () => knowing, () => writing],
  'a rollback by one release': [() => writing, () => knowing],
} as const;

for (const [order, versions] of Object.entries(orders)) {
  test(`versions: ${order}: a conversation has one transcript, and each model call what was said before`, async () => {
    const { items, turns, written } = await talk(versions.map((version) => version()));
    const spoken = versions.map((_, index) => SPOKEN[index] ?? []);
    assert.deepEqual(
      wordsIn(items),
      spoken.map(([, answer]) => answer),
    );
    assert.deepEqual(
      turns.map(({ number, outcome }) => [number, outcome]),
      versions.map((_, index) => [index + 1, 'answered']),
    );
    assert.ok(written.includes(nextPatches.told));
    const { messages = [] } = agent.scripted.requests.chat.last?.body ?? {};
    assert.deepEqual(
      messages.filter(({ role }) => role !== 'system').map(({ content }) => content),
      spoken.flat().slice(0, -1),
    );
  });
}
