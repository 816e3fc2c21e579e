import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type ErrorFields, toErrorFields } from '../../worker/log/error-fields.ts';
import { createToolThreads } from '../../worker/tool-threads.ts';
import { createToolLog, type LoggedLine } from '../../live/calls/tool-log.ts';
import { createWorld } from '../world.ts';
import agent, { block } from './blocking-agent.ts';

const agentPath = fileURLToPath(new URL('blocking-agent.ts', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'legato-threads-'));
after(() => rm(folder, { recursive: true }));

/** What the tool waits for. */
function toFile(name: string) {
  const file = join(folder, name);
  return { file, create: () => writeFileSync(file, '') };
}

const served = { conversationId: 'c', turnId: 't', callId: 'tool:1:0:block', idempotencyKey: 'key' };
const lines: LoggedLine[] = [];
const NEVER = new AbortController().signal;
const toContext = (signal: AbortSignal, progress: (note: string) => void = () => undefined) => ({
  ...{ ...served, signal, attempt: 1, progress },
  log: createToolLog(served, 'block', (line) => void lines.push(line)),
});

test('thread: a tool that blocks gives its result and its progress, and the process goes on meanwhile', async () => {
  const threads = createToolThreads({ agent, agentPath });
  const { file, create } = toFile('one');
  const notes: string[] = [];
  // This process gets the note while the tool blocks, and then releases it: its event loop runs.
  const context = toContext(NEVER, (note) => {
    notes.push(note);
    create();
  });
  const result = await threads.run({ tool: 'block', arguments: { file }, metadata: {} }, context);
  assert.deepEqual(result, { ok: true, value: { blockedUntil: file } });
  assert.deepEqual(notes, ['blocking']);
  await threads.close();
});

test('thread: a tool gets the metadata that it names, as the agent reads it', async () => {
  const threads = createToolThreads({ agent, agentPath });
  const call = { tool: 'count', arguments: {}, metadata: { seats: '4', region: 'north' } };
  assert.deepEqual(await threads.run(call, toContext(NEVER)), { ok: true, value: { seats: 4 } });
  await threads.close();
});

test('thread: a tool that says that nothing else may be tried is rejected with its words', async () => {
  const threads = createToolThreads({ agent, agentPath });
  const thrown: unknown[] = [];
  const call = { tool: 'final', arguments: {}, metadata: {}, onThrown: (error: unknown) => void thrown.push(error) };
  const error = { kind: 'rejected', message: 'Shipped' };
  assert.deepEqual(await threads.run(call, toContext(NEVER)), { ok: false, error });
  assert.match(String(thrown[0]), /Shipped/);
  await threads.close();
});

test('thread: an attempt that is aborted really ends, and the next one finds a thread', async () => {
  const threads = createToolThreads({ agent, agentPath });
  const { file, create } = toFile('two');
  const stop = new AbortController();
  const endless = threads.run(
    { tool: 'block', arguments: { file }, metadata: {} },
    toContext(stop.signal, () => stop.abort()),
  );
  await assert.rejects(endless);
  create();
  const next = await threads.run({ tool: 'block', arguments: { file }, metadata: {} }, toContext(NEVER));
  assert.equal(next.ok, true);
  await threads.close();
});

test('thread: what a check of the tool throws there comes back with its stack', async () => {
  const threads = createToolThreads({ agent, agentPath });
  const thrown: unknown[] = [];
  const onThrown = (error: unknown): void => void thrown.push(error);
  const call = { tool: 'uncheckable', arguments: {}, metadata: {}, onThrown };
  const result = await threads.run(call, toContext(NEVER));
  assert.equal(result.ok, false);
  const [{ type, message, stack } = { type: '', message: '' }] = thrown.map((error) => toErrorFields(error));
  assert.deepEqual([type, message], ['RangeError', 'The check is broken']);
  assert.match(stack ?? '', /at .*brokenCheck.*blocking-agent\.ts/);
  await threads.close();
});

test('thread: a tool is told its call there, and what it logs is logged here, even what cannot leave the thread', async () => {
  const threads = createToolThreads({ agent, agentPath });
  const context = { ...toContext(NEVER), traceparent: '00-trace', attempt: 2 };
  const result = await threads.run({ tool: 'told', arguments: {}, metadata: {} }, context);
  assert.deepEqual(result, { ok: true, value: { ...served, metadata: {}, traceparent: '00-trace', attempt: 2 } });
  const by = { conversationId: 'c', turnId: 't', callId: 'tool:1:0:block', tool: 'block' };
  const [first, second] = lines.splice(0);
  assert.deepEqual(first, {
    level: 'info',
    text: 'asked',
    fields: { nested: { a: 1 }, send: '[Function: send]' },
    ...by,
  });
  const { type, code, stack } = second?.fields['err'] as ErrorFields;
  assert.deepEqual([second?.level, type, code], ['error', 'TypeError', 'ECONNREFUSED']);
  assert.match(stack ?? '', /at .*blocking-agent\.ts/);
  await threads.close();
});

test('thread: a turn with a tool that blocks is answered, and another one speaks meanwhile', async () => {
  const { file, create } = toFile('three');
  await using world = await createWorld({
    agentPath,
    agent: { tools: [block] },
    rules: [
      { when: { afterTool: true }, reply: { text: 'Done.' } },
      { when: { user: 'block' }, reply: { calls: [{ name: 'block', arguments: { preamble: '', file } }] } },
      { reply: { text: 'Hello there.' } },
    ],
  });
  const blocked = await world.start('block');
  for await (const event of world.stream.subscribe(blocked.id)) if (event.type === 'tool.started') break;
  const other = await world.start('Hi', { conversationId: 'another' });
  assert.equal((await other.result()).outcome, 'answered');
  create();
  const { items } = await blocked.result();
  assert.deepEqual(items.find((item) => item.type === 'result')?.result, { blockedUntil: file });
});
