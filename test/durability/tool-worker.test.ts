import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createLegatoClient } from 'legato/client';
import { createBarrier } from './barrier.ts';
import { serveAgent } from './served-agent.ts';

// Tools-only workers as processes that are killed while they run a tool.

const asks = (name: string) => ({ when: { user: name }, reply: { calls: [{ name, arguments: { preamble: '' } }] } });
const names = ['count', 'reserve', 'ship'];
const agent = await serveAgent([{ when: { afterTool: true }, reply: { text: 'Well.' } }, ...names.map(asks)]);
const serving = await agent.start();
const legato = createLegatoClient({ baseUrl: serving.url });
after(async () => {
  await serving.stop();
  await agent[Symbol.asyncDispose]();
});

/** The tool is killed with its worker as soon as it has begun; the turn's result when another worker has taken its place. */
async function killIn(tool: string) {
  await using barrier = await createBarrier();
  barrier.close();
  const working = await agent.startWorker({ barrier: barrier.url });
  const { id: conversation } = await legato.createConversation();
  const { id } = await legato.startTurn(conversation, { text: tool, modality: 'text' });
  await barrier.someone();
  await working.kill();
  const next = await agent.startWorker();
  const turn = await legato.result(id);
  assert.equal(await next.stop(), 0);
  return { turn, runs: agent.runs().filter(({ key }) => key === `${id}/tool:1:0:${tool}`) };
}

test('legato dev: it runs the tools of all groups itself', async () => {
  const developing = await agent.start({ command: 'dev' });
  const here = createLegatoClient({ baseUrl: developing.url });
  const { id: conversation } = await here.createConversation();
  const { id } = await here.startTurn(conversation, { text: 'count', modality: 'text' });
  const { items } = await here.result(id);
  assert.equal(items.find((item) => item.type === 'result')?.ok, true);
  assert.equal(await developing.stop(), 0);
});

test('kill -9 of a worker in a read: another worker of the group does it again', async () => {
  const { turn, runs } = await killIn('count');
  assert.deepEqual([turn.outcome, runs.length], ['answered', 2]);
  assert.deepEqual(
    turn.items.find(({ type }) => type === 'result'),
    { type: 'result', call: 'tool:1:0:count', ok: true, result: 'count done' },
  );
});

test('kill -9 of a worker in an idempotent write: another worker does it again under the same key', async () => {
  const { turn, runs } = await killIn('reserve');
  assert.deepEqual([turn.outcome, runs.length], ['answered', 2]);
  assert.equal(new Set(runs.map(({ key }) => key)).size, 1);
  assert.equal(turn.items.find((item) => item.type === 'result')?.ok, true);
});

test('kill -9 of a worker in a write: it is not run again, and its outcome is unknown', async () => {
  const { turn, runs } = await killIn('ship');
  assert.deepEqual([turn.outcome, runs.length], ['answered', 1]);
  assert.equal(turn.items.find((item) => item.type === 'result')?.error?.kind, 'outcome_unknown');
});
