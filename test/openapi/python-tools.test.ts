import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import { apiDocument } from '../declared-answers.ts';
import { createFrontEndWorld, type FrontEndWorld } from '../front-end-world.ts';
import { runPython, withoutPythonTools as skip } from './tools.ts';

const KEY = 'key-of-the-generated-client';
const inHere = (name: string): string => join(import.meta.dirname, 'python', name);

let folder: string;
let world: FrontEndWorld;

before(async () => {
  if (skip) return;
  folder = mkdtempSync(join(tmpdir(), 'legato-openapi-'));
  writeFileSync(join(folder, 'openapi.json'), JSON.stringify(apiDocument));
  const lookUp = defineTool({
    name: 'look_up',
    description: 'Looks the answer up',
    input: z.object({}),
    effect: 'read',
    run: async () => ({ answer: 42 }),
  });
  world = await createFrontEndWorld({
    agent: { greeting: 'Hello.', tools: [lookUp] },
    rules: [
      { when: { afterTool: 'look_up' }, reply: { text: 'It is 42.' } },
      { when: { user: 'answer' }, reply: { calls: [{ name: 'look_up', arguments: {} }] } },
      { reply: { text: 'Yes.' } },
    ],
    frontEnd: { apiKeys: [KEY] },
  });
});

after(async () => {
  if (skip) return;
  await world[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

test(
  'openapi: a client that openapi-python-client generates calls the server and reads every item and event',
  { skip },
  async () => {
    const config = ['--config', inHere('generator.json'), '--meta', 'none', '--output-path', 'legato_client'];
    const generate = ['-m', 'openapi_python_client', 'generate', '--path', 'openapi.json', '--fail-on-warning'];
    const made = await runPython([...generate, ...config], folder);
    assert.equal(made.code, 0, made.stdout + made.stderr);
    const { code, stdout, stderr } = await runPython([inHere('calls.py'), world.url, KEY], folder);
    assert.equal(code, 0, stderr);
    console.log(stdout);
  },
);

test(
  'openapi: schemathesis finds no 5xx, no status or form that is not declared, and no bound that is not kept',
  { skip },
  async () => {
    const args = [
      'run',
      `${world.url}/openapi.json`,
      '--header',
      `Authorization: Bearer ${KEY}`,
      '--request-timeout',
      '60',
    ];
    const bounded = ['--seed', '1', '--max-examples', '8', '--phases', 'examples,coverage,fuzzing', '--no-shrink'];
    // Its answer has no end, and the tool reads answers to theirs.
    const endless = ['--exclude-operation-id', 'getConversationEvents'];
    const run = ['-m', 'schemathesis.cli', ...args, ...bounded, ...endless];
    const { code, stdout, stderr } = await runPython(run, folder);
    assert.equal(code, 0, stdout + stderr);
    console.log(stdout);
  },
);
