import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createFrontEndWorld } from '../front-end-world.ts';
import { startRelay } from '../faults/relay.ts';

const run = promisify(execFile);
const file = join(import.meta.dirname, '../../examples/python-client/client.py');
const python = await run('python3', ['--version']).then(
  () => 'python3',
  () => undefined,
);
const skip = python === undefined && 'there is no python3 on the path; install it to run this test';
const rules = [{ reply: { text: 'It was shipped. It comes on Thursday.' } }];

const talk = (env: Record<string, string>) =>
  run('python3', [file, 'Where is my order?'], { env: { ...process.env, LEGATO_API_KEY: '', ...env } });

test('python client: a turn is posted, its sentences are printed, and its outcome', { skip }, async () => {
  await using world = await createFrontEndWorld({ rules });
  const { stdout } = await talk({ LEGATO_URL: world.url });
  assert.equal(stdout, 'agent   It was shipped.\nagent   It comes on Thursday.\noutcome answered\n');
});

test('python client: events go on where they were when the connection is cut', { skip }, async () => {
  await using world = await createFrontEndWorld({ rules });
  await using relay = await startRelay(new URL(world.url).host);
  const env = { ...process.env, LEGATO_API_KEY: '', LEGATO_URL: `http://${relay.address}` };
  const talking = run('python3', ['-u', file, 'Where is my order?'], { env });
  talking.child.stdout?.once('data', () => relay.cut());
  const { stdout } = await talking;
  assert.equal(stdout, 'agent   It was shipped.\nagent   It comes on Thursday.\noutcome answered\n');
});

test('python client: a wrong key is refused in the words of the server', { skip }, async () => {
  await using world = await createFrontEndWorld({ rules, frontEnd: { apiKeys: ['right'] } });
  await assert.rejects(talk({ LEGATO_URL: world.url, LEGATO_API_KEY: 'wrong' }), { stderr: /^refused: .*\(401\)/ });
});

test('python client: without a server it says what to do', { skip }, async () => {
  await using relay = await startRelay('127.0.0.1:1');
  relay.cut();
  await assert.rejects(talk({ LEGATO_URL: `http://${relay.address}` }), {
    stderr: /start 'legato dev', or set LEGATO_URL/,
  });
});
