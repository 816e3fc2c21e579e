import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createLegatoClient } from '../../client/index.ts';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import { startServing } from '../serving-process.ts';
import { projectOf, startOf, withoutKey } from './project.ts';

const WORDS = 'my card number is 4242';

/** An agent as its author writes it, whose package reads its key and address itself. */
async function claudeAgent(t: TestContext): Promise<string> {
  const name = `claude-${randomUUID().slice(0, 8)}`;
  const agent = `import { anthropic } from '@ai-sdk/anthropic';
import { defineAgent } from 'legato';
export default defineAgent({ name: '${name}', instructions: 'Help.', model: anthropic('claude-sonnet-4-5'), voice: 'alloy' });`;
  return join(await projectOf(t, { 'agent.ts': agent }), 'agent.ts');
}

async function ask(url: string, text: string) {
  const legato = createLegatoClient({ baseUrl: url });
  const { id } = await legato.createConversation();
  const turn = await legato.startTurn(id, { text, modality: 'text' });
  return legato.result(turn.id);
}

test("legato dev: an agent on Claude is served with its package's own key", async (t) => {
  await using claude = await startScriptedServer({
    speech: 'tone',
    rules: [{ reply: { text: 'Hello from Claude.' } }],
  });
  const env = { ...withoutKey, ANTHROPIC_API_KEY: 'sk-ant-good', ANTHROPIC_BASE_URL: claude.url };
  const serving = await startServing({ ...env, LEGATO_AGENT: await claudeAgent(t) }, 'dev');
  t.after(serving.kill);
  const { outcome, items, usage } = await ask(serving.url, 'Hi');
  assert.equal(outcome, 'answered');
  assert.deepEqual(
    items.flatMap((item) => (item.type === 'speech' ? item.text : [])),
    ['Hello from Claude.'],
  );
  assert.deepEqual(
    usage?.map(({ model }) => model),
    ['claude-sonnet-4-5'],
  );
  assert.equal(claude.requests.messages.last?.apiKey, 'sk-ant-good');
  assert.equal(await serving.stop(), 0);
});

test('legato dev: a key that Claude refuses fails the turn in one sentence, with no key and none of the words', async (t) => {
  await using claude = await startScriptedServer({ speech: 'tone' });
  claude.failNext({ endpoint: 'messages', kind: 'status', status: 401, times: 9 });
  const env = { ...withoutKey, ANTHROPIC_API_KEY: 'sk-ant-secret', ANTHROPIC_BASE_URL: claude.url };
  const serving = await startServing({ ...env, LEGATO_AGENT: await claudeAgent(t) }, 'dev');
  t.after(serving.kill);
  const { outcome, reason, steps } = await ask(serving.url, WORDS);
  assert.equal(outcome, 'failed');
  const sentence =
    "Cannot get a reply from model 'claude-sonnet-4-5' of 'anthropic.messages': status 401, code 'authentication_error'; check the API key of the provider";
  assert.equal(steps[0]?.error?.message, sentence);
  assert.ok(reason?.includes(sentence), reason);
  assert.equal(await serving.stop(), 0);
  assert.ok(serving.logged().includes(sentence));
  assert.doesNotMatch(serving.logged() + JSON.stringify(steps), /sk-ant-secret|4242/);
});

test('legato dev: the line on model and voice names the provider of an agent on Claude', async (t) => {
  const printed = await startOf(t, 'dev', { LEGATO_AGENT: await claudeAgent(t) });
  assert.match(printed, /^Model, voice {2}anthropic\.messages, by its AI SDK provider, http.* \(scripted: set /m);
});

test('legato doctor: an agent on Claude can take turns without OPENAI_API_KEY', async (t) => {
  const printed = await startOf(t, 'doctor', { LEGATO_AGENT: await claudeAgent(t) });
  assert.match(printed, /^ok +Model +anthropic\.messages \(claude-sonnet-4-5\), by its AI SDK provider/m);
  assert.doesNotMatch(printed, /^missing/m);
});
