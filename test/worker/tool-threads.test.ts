import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { toErrorFields } from '../../worker/error-fields.ts';
import { createToolThreads } from '../../worker/tool-threads.ts';
import { AuthorCode } from '../../live/author-code.ts';
import { createWorld } from '../world.ts';
import agent, { block } from './blocking-agent.ts';

const agentPath = fileURLToPath(new URL('blocking-agent.ts', import.meta.url));

function toContext(signal: AbortSignal, notes: string[] = []) {
  return { signal, idempotencyKey: 'key', attempt: 1, progress: (note: string) => void notes.push(note) };
}

test('thread: a tool that blocks gives its result and its progress, and the process goes on meanwhile', async () => {
  const threads = createToolThreads({ agent, agentPath, authors: new AuthorCode() });
  const notes: string[] = [];
  let ticks = 0;
  const ticking = setInterval(() => (ticks += 1), 5);
  const { signal } = new AbortController();
  const result = await threads.run({ tool: 'block', arguments: { ms: 300 } }, toContext(signal, notes));
  clearInterval(ticking);
  assert.deepEqual(result, { ok: true, value: { blocked: 300 } });
  assert.deepEqual(notes, ['blocking']);
  assert.ok(ticks > 2, `the event loop turned ${ticks} times`);
  await threads.close();
});

test('thread: an attempt that is aborted really ends, and the next one finds a thread', async () => {
  const threads = createToolThreads({ agent, agentPath, authors: new AuthorCode() });
  const stop = new AbortController();
  const endless = threads.run({ tool: 'block', arguments: { ms: 600_000 } }, toContext(stop.signal));
  setTimeout(() => stop.abort(), 10);
  await assert.rejects(endless);
  const next = await threads.run({ tool: 'block', arguments: { ms: 1 } }, toContext(new AbortController().signal));
  assert.equal(next.ok, true);
  await threads.close();
});

test('thread: what a check of the tool throws there comes back with its stack', async () => {
  const threads = createToolThreads({ agent, agentPath, authors: new AuthorCode() });
  const thrown: unknown[] = [];
  const onThrown = (error: unknown): void => void thrown.push(error);
  const call = { tool: 'uncheckable', arguments: {}, onThrown };
  const result = await threads.run(call, toContext(new AbortController().signal));
  assert.equal(result.ok, false);
  const [{ type, message, stack } = { type: '', message: '' }] = thrown.map((error) => toErrorFields(error));
  assert.deepEqual([type, message], ['RangeError', 'The check is broken']);
  assert.match(stack ?? '', /at .*brokenCheck.*blocking-agent\.ts/);
  await threads.close();
});

test('thread: a turn with a tool that blocks is answered, and another one speaks meanwhile', async () => {
  await using world = await createWorld({
    agentPath,
    agent: { tools: [block] },
    rules: [
      { when: { afterTool: true }, reply: { text: 'Done.' } },
      { when: { user: 'block' }, reply: { calls: [{ name: 'block', arguments: { preamble: '', ms: 1_500 } }] } },
      { reply: { text: 'Hello there.' } },
    ],
  });
  const blocked = await world.start('block');
  for await (const event of world.stream.subscribe(blocked.id)) if (event.type === 'tool.started') break;
  const other = await world.start('Hi', { conversationId: 'another' });
  assert.equal((await other.result()).outcome, 'answered');
  assert.equal((await blocked.handle.describe()).status.name, 'RUNNING');
  const { items } = await blocked.result();
  assert.deepEqual(items.find((item) => item.type === 'result')?.result, { blocked: 1_500 });
});
