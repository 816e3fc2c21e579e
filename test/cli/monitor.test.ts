import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLegatoClient } from 'legato/client';
import { freePorts } from '../../dev-server/launch/free-ports.ts';
import { createBarrier } from '../durability/barrier.ts';
import { serveAgent } from '../durability/served-agent.ts';
import { startServing } from '../serving-process.ts';

// Processes without a front end, and those who watch them.

async function freeMonitor() {
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}${path}`, { headers });
  return { env: { LEGATO_MONITOR_PORT: String(port) }, get };
}

test('legato worker: it says whether it lives and takes work, and its metrics to those who have a key', async (t) => {
  const { env, get } = await freeMonitor();
  const working = await startServing({ ...env, OPENAI_API_KEY: '', LEGATO_API_KEYS: 'watcher' }, 'worker');
  t.after(() => working.kill());
  assert.equal((await get('/healthz')).status, 200);
  assert.deepEqual(await (await get('/readyz')).json(), { status: 'ready' });
  assert.equal((await get('/metrics')).status, 401);
  assert.match(await (await get('/metrics', { Authorization: 'Bearer watcher' })).text(), /^legato_open_turns 0$/m);
  assert.equal((await get('/v1/conversations/any', { Authorization: 'Bearer watcher' })).status, 404);
  assert.equal(await working.stop(), 0);
});

test('legato worker --only tools: it is not ready from the signal on, while a call goes on to its end', async (t) => {
  const { env, get } = await freeMonitor();
  const calls = [{ name: 'reserve', arguments: { preamble: '' } }];
  await using agent = await serveAgent([
    { when: { afterTool: true }, reply: { text: 'Well.' } },
    { when: { user: 'reserve' }, reply: { calls } },
  ]);
  await using barrier = await createBarrier();
  barrier.close();
  const serving = await agent.start();
  t.after(() => serving.kill());
  const working = await agent.startWorker({ barrier: barrier.url, env });
  t.after(() => working.kill());
  const legato = createLegatoClient({ baseUrl: serving.url });
  const { id: conversation } = await legato.createConversation();
  const { id } = await legato.startTurn(conversation, { text: 'reserve', modality: 'text' });
  await barrier.someone();
  assert.equal((await get('/readyz')).status, 200);
  assert.match(await (await get('/metrics')).text(), /^legato_open_turns 0$/m);
  const stopped = working.stop();
  while ((await get('/readyz')).status === 200);
  assert.equal((await get('/healthz')).status, 200);
  barrier.open();
  const { items } = await legato.result(id);
  assert.equal(items.find((item) => item.type === 'result')?.ok, true);
  assert.equal(await stopped, 0);
});
