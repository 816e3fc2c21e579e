import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type ServingProcess, startServing } from '../serving-process.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'legato-say-'));
/** The longest that a refund's time limit leaves room for. */
const BANK_MS = 1_800;
let serving: ServingProcess;

before(async () => {
  const shop = { ORDERS_DATABASE: join(folder, 'orders.sqlite'), ORDERS_BANK_MS: String(BANK_MS) };
  serving = await startServing({ OPENAI_API_KEY: '', OPENAI_BASE_URL: '', LEGATO_AGENT: '', ...shop });
});
after(async () => {
  await serving.stop();
  rmSync(folder, { recursive: true });
});

interface Said {
  readonly code: number | null;
  readonly output: string;
}

/** Runs `legato say`, and presses Ctrl-C at the first line that fits each of these, one after the other. */
async function say(words: string, ...cues: readonly RegExp[]): Promise<Said> {
  const child = spawn(process.execPath, ['--conditions=legato-source', 'ops/main.ts', 'say', words], {
    cwd: root,
    env: { ...process.env, HOST: '127.0.0.1', PORT: new URL(serving.url).port },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const waiting = [...cues];
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (!waiting[0]?.test(line)) continue;
    waiting.shift();
    child.kill('SIGINT');
  }
  assert.deepEqual(waiting, []);
  return { code: (await exited)[0], output: lines.join('\n') };
}

test('legato say: Ctrl-C cuts in, what was heard is told, and the turn is followed to its end', async () => {
  const { code, output } = await say('When are you open?', /agent {5}We're open/);
  assert.equal(code, 0);
  assert.match(output, /^Heard: /m);
  assert.match(output, /agent {5}is cut; heard: /);
  assert.match(output, /caller {4}cuts in/);
  assert.match(output, /turn {6}interrupted/);
});

test('legato say: Ctrl-C while a refund is under way follows it to its result', async () => {
  const { code, output } = await say('Please refund order 4001.', /tool {6}refund_order \{/);
  assert.equal(code, 0);
  assert.match(output, /^Heard: .*[^]*refund_order → .*R-4001[^]*turn {6}interrupted/m);
});

test('legato say: a second Ctrl-C ends the process at once, though the turn goes on', async () => {
  const { code, output } = await say('Please refund order 4002.', /tool {6}refund_order \{/, /^Heard: /);
  assert.equal(code, 130);
  assert.doesNotMatch(output, /turn {6}/);
});
