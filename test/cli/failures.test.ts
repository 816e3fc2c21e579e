import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { fileURLToPath } from 'node:url';
import { scratchFolder } from '../dev-server/scratch-folder.ts';
import { startServing } from '../serving-process.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Not served by any other test: `doctor` looks for further processes of its agent. */
const ownAgent = () => ({
  LEGATO_AGENT: fileURLToPath(new URL('../durability/agent.ts', import.meta.url)),
  FIXTURE_AGENT: `doctor-${randomUUID().slice(0, 8)}`,
});

/** Listens on any free port until the test is over. */
async function listen(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs `legato` to its end, with `env` beside what it inherits; a variable that is empty counts as absent. */
async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, ['--conditions=legato-source', 'cli/main.ts', ...args], {
    cwd: root,
    env: { ...process.env, PORT: '0', OPENAI_API_KEY: 'none', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, output, errors };
}

function assertOneSentence({ code, errors }: Ended, words: RegExp): void {
  assert.equal(code, 1);
  assert.match(errors, words);
  assert.doesNotMatch(errors, /^\s+at /m);
}

test('legato serve: without a Temporal server it says which commands bring one', async () => {
  assertOneSentence(await run(['serve'], { TEMPORAL_ADDRESS: '' }), /TEMPORAL_ADDRESS.*legato dev/);
});

test('legato serve: an agent that cannot be loaded is named', async () => {
  const ended = await run(['serve'], { LEGATO_AGENT: 'examples/nobody/agent.ts' });
  assertOneSentence(ended, /examples\/nobody\/agent\.ts/);
});

for (const command of ['serve', 'worker', 'dev']) {
  test(`legato ${command}: an agent whose import never ends is one sentence, and the process ends`, async (t) => {
    const folder = await scratchFolder(t);
    const agent = join(folder, 'agent.ts');
    await writeFile(agent, 'await new Promise(() => undefined);\nexport default {};\n');
    const env = { LEGATO_AGENT: agent, TEMPORAL_ADDRESS: '127.0.0.1:1', OPENAI_API_KEY: 'none' };
    assertOneSentence(await run([command], env), /agent\.ts'.*importing it does not end.*top level/);
  });

  test(`legato ${command}: a Temporal server that cannot be used is one sentence, and the process ends`, async () => {
    // Silent: the log may say what else the end of the process has broken off.
    const env = { OPENAI_API_KEY: '', LEGATO_LOG_LEVEL: 'silent' };
    for (const address of ['127.0.0.1:1', 'http://127.0.0.1:1', 'nobody here'])
      assertOneSentence(await run([command], { ...env, TEMPORAL_ADDRESS: address }), new RegExp(address));
  });
}

test('legato doctor: an agent whose import never ends is what is missing', async (t) => {
  const agent = join(await scratchFolder(t), 'agent.ts');
  await writeFile(agent, 'await new Promise(() => undefined);\n');
  const { code, output } = await run(['doctor'], { LEGATO_AGENT: agent, OPENAI_API_KEY: '' });
  assert.equal(code, 1);
  assert.match(output, /^missing +Agent .*importing it does not end/m);
});

test('legato serve: a port in use is one sentence', async (t) => {
  const port = await listen(t, createServer());
  assertOneSentence(
    await run(['serve'], { PORT: String(port) }),
    new RegExp(`${port}.*another program uses this port`),
  );
});

test('legato serve: all that is wrong with the configuration comes at once, and no key is shown', async () => {
  const env = { PORT: 'http', OPENAI_BASE_URL: 'nowhere', HOST: '0.0.0.0', OPENAI_API_KEY: 'sk-secret' };
  const { code, errors } = await run(['serve'], env);
  assert.equal(code, 1);
  for (const words of [/PORT is 'http'/, /OPENAI_BASE_URL is 'nowhere'/, /LEGATO_API_KEYS/])
    assert.match(errors, words);
  assert.doesNotMatch(errors, /sk-secret/);
});

test('legato say: without a server it says how to start one', async () => {
  assertOneSentence(await run(['say', 'Hello', '--url', 'http://127.0.0.1:1']), /127\.0\.0\.1:1.*legato dev/s);
});

test('legato doctor: it prints what it found and ends by itself', async () => {
  const { code, output } = await run(['doctor'], { ...ownAgent(), OPENAI_API_KEY: '' });
  assert.equal(code, 0, output);
  assert.match(output, /Temporal server.*LegatoConversation, LegatoAgent, LegatoOutcome, LegatoFailedStep/s);
  for (const part of ['Node', 'Agent', 'Model', 'Voice', 'Temporal server', 'Front end'])
    assert.match(output, new RegExp(`^ok +${part} `, 'm'));
});

test('legato doctor: what it found is a list for programs too, and a reader may leave before the end', async () => {
  const { code, output, errors } = await run(['doctor', 'nobody.ts', '--json'], { OPENAI_API_KEY: '' });
  const found = JSON.parse(output) as { status: string; part: string; found: string }[];
  assert.deepEqual([code, errors], [1, 'Turns cannot run yet: 1 thing is missing, see above\n']);
  assert.match(found.find(({ part }) => part === 'Agent')?.found ?? '', /Cannot load agent module 'nobody\.ts'/);
  const child = spawn(process.execPath, ['--conditions=legato-source', 'cli/main.ts', 'doctor', 'nobody.ts'], {
    cwd: root,
    env: { ...process.env, PORT: '0', OPENAI_API_KEY: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  assert.match(await text(child.stderr), /^Turns cannot run yet: .*\n$/);
});

test('legato doctor: whatever is missing, each part has its line, and the exit code is 1', async (t) => {
  const port = String(await listen(t, createServer()));
  const env = {
    LEGATO_AGENT: 'nobody.ts',
    PORT: port,
    LEGATO_RUN_AHEAD: 'maybe',
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    PATH: '/',
  };
  const { code, output, errors } = await run(['doctor'], { ...env, OPENAI_API_KEY: '' });
  assert.equal(code, 1);
  assert.match(output, /^ok +Node +v\d+/m);
  assert.match(output, /^missing +Configuration +LEGATO_RUN_AHEAD is 'maybe', but must be/m);
  assert.match(output, /^missing +Agent +Cannot load agent module 'nobody\.ts': there is no file/m);
  assert.match(output, /^missing +Temporal server +The Temporal server at 127\.0\.0\.1:1 does not answer/m);
  assert.match(
    output,
    new RegExp(`^missing +Front end +127\\.0\\.0\\.1:${port}: another program uses this port; stop it`, 'm'),
  );
  assert.match(output, /^none +Player .*'aplay', 'afplay' or 'ffplay'/m);
  assert.equal(errors, 'Turns cannot run yet: 4 things are missing, see above\n');
});

test('legato doctor: a Legato server that runs at the port is no fault, nor one that was killed before, and colours are there where they are asked for', async (t) => {
  const env = { ...ownAgent(), OPENAI_API_KEY: '', OPENAI_BASE_URL: '' };
  await (await startServing(env)).kill();
  const serving = await startServing(env);
  t.after(() => serving.kill());
  const { port } = new URL(serving.url);
  const { code, output } = await run(['doctor'], { ...env, PORT: port, FORCE_COLOR: '1' });
  const said = await run(['say', 'Hi', '--text', '--url', serving.url], { FORCE_COLOR: '1' });
  assert.equal(await serving.stop(), 0);
  assert.equal(code, 0, output);
  assert.match(stripVTControlCharacters(output), /^ok +Front end +a Legato server runs at .* already/m);
  for (const colourful of [output, said.output]) assert.notEqual(stripVTControlCharacters(colourful), colourful);
});

test('legato doctor: voice and model are told apart, each with whether its key is accepted', async (t) => {
  const provider = createHttpServer((request, response) => {
    response.statusCode = request.headers.authorization === 'Bearer good' ? 200 : 401;
    response.end('{}');
  });
  const url = `http://127.0.0.1:${await listen(t, provider)}/v1`;
  const openai = { ...ownAgent(), OPENAI_API_KEY: 'good', OPENAI_BASE_URL: url, LEGATO_VOICE_MODEL: 'kokoro' };
  const sound = await run(['doctor'], openai);
  assert.equal(sound.code, 0, sound.output);
  assert.match(sound.output, /^ok +Model .*, the key is accepted$/m);
  assert.match(sound.output, /^ok +Voice .*kokoro\), the key is accepted$/m);
  const broken = await run(['doctor'], { ...openai, LEGATO_VOICE_API_KEY: 'sk-secret', LEGATO_VOICE_BASE_URL: url });
  assert.equal(broken.code, 1);
  assert.match(broken.output, /^missing +Voice .*, the key is refused with status 401; check LEGATO_VOICE_API_KEY$/m);
  assert.doesNotMatch(broken.output + broken.errors, /sk-secret/);
});

test('legato say: it prints words and outcome as they come, and the server ends with 0 on SIGTERM', async (t) => {
  const serving = await startServing({ OPENAI_API_KEY: '', OPENAI_BASE_URL: '', LEGATO_AGENT: '' });
  t.after(() => serving.kill());
  const { code, output } = await run(['say', 'When are you open?', '--text', '--url', serving.url]);
  assert.equal(await serving.stop(), 0);
  assert.equal(code, 0);
  assert.match(output, /agent {5}We're open Monday to Friday/);
  assert.match(output, /turn {6}answered/);
});

test('legato say: a file that cannot be written is refused before the turn', async () => {
  assertOneSentence(await run(['say', 'Hello', '--wav', 'nowhere/at/all.wav']), /nowhere\/at\/all\.wav.*another file/);
  assertOneSentence(await run(['say', 'Hello', '--wav', 'x.wav', '--text']), /--text/);
});
