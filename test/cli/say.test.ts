import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { arrayBuffer, text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createBarrier, type Barrier } from '../durability/barrier.ts';
import { serveAgent, type ServedAgent } from '../durability/served-agent.ts';
import { createLegatoClient } from '../../client/index.ts';
import type { ServingProcess } from '../serving-process.ts';
import { createFakePlayer } from './play/fake-player.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
let agent: ServedAgent;
let barrier: Barrier;
let serving: ServingProcess;

before(async () => {
  agent = await serveAgent([
    { when: { afterTool: true }, reply: { text: 'It is done.' } },
    { when: { user: 'book' }, reply: { calls: [{ name: 'book', arguments: {} }] } },
    { reply: { text: "We're open every day. On Sundays we close at noon, and on all other days at eight." } },
  ]);
  barrier = await createBarrier();
  serving = await agent.start({ barrier: barrier.url });
});
after(async () => {
  await serving.stop();
  await barrier[Symbol.asyncDispose]();
  await agent[Symbol.asyncDispose]();
});

interface Said {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

interface Asked {
  readonly words: string;
  readonly options?: readonly string[];
  /** The variable PATH. */
  readonly path?: string;
}

/** Runs `legato say`; at the first line that fits a cue, one after the other, it does what belongs to it. */
async function say(
  asked: string | Asked,
  ...cues: readonly (readonly [RegExp, 'Ctrl-C' | (() => void)])[]
): Promise<Said> {
  const { words, options = [], path }: Asked = typeof asked === 'string' ? { words: asked } : asked;
  const child = spawn(process.execPath, ['--conditions=legato-source', 'cli/main.ts', 'say', words, ...options], {
    cwd: root,
    env: { ...process.env, HOST: '127.0.0.1', PORT: new URL(serving.url).port, ...(path && { PATH: path }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors = text(child.stderr);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const waiting = [...cues];
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    const [cue, act] = waiting[0] ?? [];
    if (!cue?.test(line)) continue;
    waiting.shift();
    if (act === 'Ctrl-C') child.kill('SIGINT');
    else act?.();
  }
  assert.deepEqual(waiting, []);
  return { code: (await exited)[0], output: lines.join('\n'), errors: await errors };
}

test('legato say: Ctrl-C interrupts, what was heard is printed, and the turn is followed to its end', async () => {
  const { code, output } = await say('When are you open?', [/agent {5}We're open/, 'Ctrl-C']);
  assert.equal(code, 0);
  assert.match(output, /^Heard: /m);
  assert.match(output, /agent {5}is cut; heard: /);
  assert.match(output, /caller {4}interrupts/);
  assert.match(output, /turn {6}interrupted/);
});

test('legato say: Ctrl-C while a write is under way follows it to its result', async () => {
  barrier.close();
  const { code, output } = await say('Please book it.', [/tool {6}book \{/, 'Ctrl-C'], [/^Heard: /, barrier.open]);
  assert.equal(code, 0);
  assert.match(output, /^Heard: .*[^]*book → .*book done[^]*turn {6}interrupted/m);
});

test('legato say: a second Ctrl-C ends the process at once, though the turn goes on', async () => {
  barrier.close();
  const { code, output } = await say('Please book it.', [/tool {6}book \{/, 'Ctrl-C'], [/^Heard: /, 'Ctrl-C']);
  barrier.open();
  assert.equal(code, 130);
  assert.doesNotMatch(output, /turn {6}/);
});

test('legato say --play: the player gets the whole speech of the turn', async () => {
  using player = createFakePlayer('aplay');
  const { code, output } = await say({ words: 'When are you open?', options: ['--play'], path: player.path });
  assert.equal(code, 0);
  const turn = /, turn (\S+)$/m.exec(output)?.[1] ?? '';
  const wav = Buffer.from(await arrayBuffer(await createLegatoClient({ baseUrl: serving.url }).audio(turn)));
  assert.ok(wav.subarray(44).equals(Buffer.concat(player.played())));
  assert.equal(player.played().length, 1);
});

test('legato say --play: Ctrl-C ends the player, and none is left behind', async () => {
  using player = createFakePlayer('aplay');
  const asked = { words: 'When are you open?', options: ['--play'], path: player.path };
  const { code, output } = await say(asked, [/agent {5}We're open/, 'Ctrl-C']);
  assert.equal(code, 0);
  assert.match(output, /turn {6}interrupted/);
  assert.equal(player.isRunning(), false);
});

test('legato say --play: without a player it says so before the turn, as with --text', async () => {
  const asked = { words: 'When are you open?', options: ['--play'], path: '/nowhere' };
  const { code, output, errors } = await say(asked);
  assert.deepEqual([code, output], [1, '']);
  assert.match(errors, /^Cannot play speech: none of 'aplay', 'afplay' and 'ffplay'/);
  assert.match((await say({ ...asked, options: ['--play', '--text'] })).errors, /'--text' gives no speech to play/);
});
