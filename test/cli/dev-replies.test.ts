import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLegatoClient, type LegatoClient } from '../../client/index.ts';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import { startServing } from '../serving-process.ts';
import { projectOf, startOf, withoutKey } from './project.ts';

const AGENT = `
import { defineAgent, defineTool } from 'legato';
import { z } from 'zod';
const status = defineTool({ name: 'status', description: 'Status', input: z.object({ id: z.string() }), effect: 'read',
  run: ({ id }) => ({ id, ready: true }) });
export default defineAgent({ name: 'replied', instructions: 'Help.', model: 'm', voice: 'alloy', tools: [status] });`;
const REPLIES = `
import { call, type Rule } from 'legato/testing';
export default [
  { when: 'ready', reply: [call('status', { id: '42' }), ({ results }) => 'It is ' + JSON.stringify(results.status) + '.'] },
  { when: 'broken', reply: () => { throw new TypeError('cannot read my broken bike'); } },
] satisfies readonly Rule[];`;

async function answerTo(legato: LegatoClient, words: string): Promise<string> {
  const { id } = await legato.createConversation();
  const turn = await legato.startTurn(id, { text: words, modality: 'text' });
  const { items } = await legato.result(turn.id);
  return items?.flatMap((item) => (item.type === 'speech' ? [item.text] : [])).join(' ') ?? '';
}

test('legato dev: without a key it answers by the rules beside the agent, with what a tool gave', async (t) => {
  const folder = await projectOf(t, { 'agent.ts': AGENT, 'replies.ts': REPLIES });
  const serving = await startServing({ ...withoutKey, LEGATO_AGENT: join(folder, 'agent.ts') }, 'dev');
  t.after(serving.kill);
  const legato = createLegatoClient({ baseUrl: serving.url });
  assert.equal(await answerTo(legato, 'Is it ready?'), 'It is {"id":"42","ready":true}.');

  const missing = 'I am sorry, I have no reply yet to “Good morning”. Please add a rule for it to replies.ts.';
  assert.equal(await answerTo(legato, 'Good morning'), missing);
  assert.match(await answerTo(legato, 'My bike is broken'), /something went wrong on my side/);
  assert.equal(await serving.stop(), 0);

  const log = serving.logged();
  assert.match(log, /warn {2}No rule of '.*replies\.ts' fits what the caller said, .*; add \{ when: /);
  assert.match(log, /TypeError: /);
  assert.match(log, /at .*replies\.ts:5:\d+/);
  assert.doesNotMatch(log, /Good morning/);
});

test('legato dev --watch: rules that were changed answer from the next turn on', async (t) => {
  const folder = await projectOf(t, { 'agent.ts': AGENT, 'replies.ts': REPLIES });
  const serving = await startServing({ ...withoutKey, LEGATO_AGENT: join(folder, 'agent.ts') }, 'dev --watch');
  t.after(serving.kill);
  await writeFile(join(folder, 'replies.ts'), "export default [{ when: 'morning', reply: 'Good morning.' }];\n");
  await serving.nextLine(/ info .*Reloaded in \d+ ms: .*replies\.ts changed/);
  assert.equal(await answerTo(createLegatoClient({ baseUrl: serving.url }), 'Good morning'), 'Good morning.');
  await writeFile(join(folder, 'replies.ts'), 'export default [{ reply: 7 }];\n');
  await serving.nextLine(/ error .*goes on as it was\. Cannot load replies .*: its default export has a fault:/);
});

test('legato dev: it says by which rules it answers, in its line on model and voice', async (t) => {
  const folder = await projectOf(t, { 'agent.ts': AGENT, 'rules.ts': REPLIES });
  const rules = join(folder, 'rules.ts');
  const printed = await startOf(t, 'dev', { LEGATO_AGENT: join(folder, 'agent.ts'), LEGATO_REPLIES: rules });
  assert.ok(printed.includes(`Model, voice  rules of ${rules} (set OPENAI_API_KEY for a real model), http`), printed);
});

test('legato dev: with a key the model answers, and a line says that the rules are not used', async (t) => {
  await using scripted = await startScriptedServer({ rules: [{ reply: { text: 'From the model.' } }] });
  const folder = await projectOf(t, { 'agent.ts': AGENT, 'replies.ts': 'this would not load' });
  const replies = join(folder, 'replies.ts');
  const env = { OPENAI_API_KEY: 'none', OPENAI_BASE_URL: scripted.url, LEGATO_AGENT: join(folder, 'agent.ts') };
  const printed = await startOf(t, 'dev', env);
  assert.ok(
    printed.includes(`Model, voice  ${scripted.url}; OPENAI_API_KEY is set, so ${replies} is not used\n`),
    printed,
  );
});

test('legato doctor: it tells the rules that legato dev would answer by, and what is wrong with them', async (t) => {
  const folder = await projectOf(t, { 'agent.ts': AGENT, 'replies.ts': REPLIES, 'faulty.ts': 'export default [7];' });
  const env = { LEGATO_AGENT: join(folder, 'agent.ts') };
  assert.match(
    await startOf(t, 'doctor', env),
    /^ok +Model +the 2 rules of .*replies\.ts, for 'legato dev'; set OPENAI_API_KEY/m,
  );
  const faulty = await startOf(t, 'doctor', { ...env, LEGATO_REPLIES: join(folder, 'faulty.ts') });
  assert.match(faulty, /^missing +Model +Cannot load replies '.*faulty\.ts': its default export has a fault:$/m);
});

test('legato dev: rules that cannot be loaded end it with file, line and code', async (t) => {
  const folder = await projectOf(t, { 'agent.ts': AGENT, 'replies.ts': 'export default [\n  { reply: hello },\n];\n' });
  const printed = await startOf(t, 'dev', { LEGATO_AGENT: join(folder, 'agent.ts') });
  assert.match(
    printed,
    /^Cannot load replies '.*replies\.ts': .*ReferenceError: hello is not defined; fix the module$/m,
  );
  assert.match(printed, /^ {2}.*replies\.ts:2:12$/m);
  assert.match(printed, /^ {2}> 2 \| {3}\{ reply: hello \},$/m);
});
