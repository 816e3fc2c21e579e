import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createOpenAIClient } from '../../../providers/openai/client.ts';
import { createOpenAIModel } from '../../../providers/openai/model.ts';
import { startScriptedServer } from '../../../providers/scripted/server.ts';
import { API_KEY, askFor, NEVER, textOf } from '../scripted-exchange.ts';

const MAIN = new URL('../../../providers/scripted/main.ts', import.meta.url);
const TONE = ['--speech', 'tone'];

test('scripted process: it prints its address, serves the shop, and ends with the process that forked it', async () => {
  const server = fork(MAIN, ['0', ...TONE], { silent: true });
  const [line] = (await once(server.stdout ?? assert.fail(), 'data')) as [Buffer];
  const client = createOpenAIClient({ apiKey: API_KEY, baseURL: line.toString().trim() });
  const chunks = await Array.fromAsync(createOpenAIModel(client).reply(askFor('Good morning'), NEVER));
  assert.match(textOf(chunks), /^Hello/);
  const ended = once(server, 'exit');
  server.disconnect();
  assert.deepEqual(await ended, [0, null]);
});

test('scripted process: a port in use, and one that is none, give one sentence and exit code 1', async () => {
  await using other = await startScriptedServer({ speech: 'tone' });
  for (const port of [new URL(other.url).port, 'eighty', '70000']) {
    const server = fork(MAIN, [port, ...TONE], { silent: true });
    const [errors, exit] = await Promise.all([text(server.stderr ?? assert.fail()), once(server, 'exit')]);
    assert.deepEqual(exit, [1, null]);
    assert.match(errors, new RegExp(`^Cannot start the scripted server: .*${port}.*\n$`));
  }
});
