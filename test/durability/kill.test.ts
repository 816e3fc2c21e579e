import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { createLegatoClient } from 'legato/client';
import type { ServedEvent } from 'legato/client';
import type { Item } from '../../contract/items.ts';
import type { TurnResult } from '../../contract/turn.ts';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import type { ScriptedServer } from '../../providers/scripted/server.ts';
import { runsAhead } from '../run-ahead.ts';
import { startServing } from '../serving-process.ts';
import type { ServingProcess } from '../serving-process.ts';

// Each test kills the process that a turn lives in at one moment, starts another one, and looks at how the turn ends.

let scripted: ScriptedServer;
let connection: Connection;
let folder: string;
let log: string;
const env: Record<string, string> = {};

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'legato-kill-'));
  log = join(folder, 'runs');
  scripted = await startScriptedServer({
    speech: 'tone',
    rules: [
      { when: { afterTool: true }, reply: { text: 'That is done.' } },
      { when: { user: 'look' }, reply: { text: 'One moment.', calls: [{ name: 'look', arguments: {} }] } },
      { when: { user: 'book' }, reply: { calls: [{ name: 'book', arguments: {} }] } },
      { reply: { text: 'Let me tell you a story that takes a while. It is about a ship and its captain.' } },
    ],
  });
  connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  Object.assign(env, {
    LEGATO_AGENT: fileURLToPath(new URL('agent.ts', import.meta.url)),
    FIXTURE_AGENT: `killed-${randomUUID().slice(0, 8)}`,
    FIXTURE_LOG: log,
    OPENAI_API_KEY: 'none',
    OPENAI_BASE_URL: scripted.url,
  });
});

after(async () => {
  await connection.close();
  await scripted.stop();
  await rm(folder, { recursive: true });
});

interface Killing {
  readonly words: string;
  /** Kills at this event. */
  readonly at: (event: ServedEvent) => boolean;
  readonly toolsHang?: boolean;
}

/** Has a turn killed at an event and taken over by a second process; resolves with how it ended. */
async function killAndRestart({ words, at, toolsHang }: Killing): Promise<TurnResult> {
  writeFileSync(log, '');
  const first = await startServing(toolsHang ? { ...env, FIXTURE_HANGS: '1' } : env);
  const id = await killAt(first, words, at);
  const second = await startServing(env);
  try {
    return (await new Client({ connection }).workflow.getHandle(id).result()) as TurnResult;
  } finally {
    await second.stop();
  }
}

async function killAt(serving: ServingProcess, words: string, at: Killing['at']): Promise<string> {
  try {
    const legato = createLegatoClient({ baseUrl: serving.url });
    const { id: conversation } = await legato.createConversation();
    const { id } = await legato.startTurn(conversation, { text: words });
    for await (const event of legato.events(id)) if (at(event)) return id;
    return assert.fail('The turn ended before it could be killed');
  } finally {
    await serving.kill();
  }
}

/** The record has come to a step, however far ahead of it the turn is. */
const isStep =
  (step: string) =>
  (event: ServedEvent): boolean =>
    event.type === (runsAhead ? 'step.recorded' : 'step.started') && event.step === step;

const runs = (): string[] => readFileSync(log, 'utf8').split('\n').filter(Boolean);
const result = (items: readonly Item[]) => items.find((item) => item.type === 'result');
const lastWords = (items: readonly Item[]) =>
  items.flatMap((item) => (item.type === 'speech' ? [item.text] : [])).at(-1);

test('kill -9 in the first model call: the turn is answered by another process', async () => {
  scripted.failNext({ endpoint: 'chat', kind: 'hang', times: 1 });
  const { outcome, items } = await killAndRestart({ words: 'Tell me', at: isStep('think:1') });
  assert.equal(outcome, 'answered');
  assert.match(lastWords(items) ?? '', /captain/);
});

test('kill -9 in mid-speech: the speech is said by another process', async () => {
  const { outcome, items, steps } = await killAndRestart({ words: 'Tell me', at: isStep('voice:1') });
  assert.equal(outcome, 'answered');
  assert.match(lastWords(items) ?? '', /captain/);
  assert.equal(steps.find((step) => step.id === 'voice:1')?.attempts, 2);
});

test('kill -9 in a read: it runs again elsewhere, and the turn is answered', async () => {
  const isRunning = (event: ServedEvent): boolean => event.type === 'tool.started';
  const { outcome, items } = await killAndRestart({ words: 'look', at: isRunning, toolsHang: true });
  assert.equal(outcome, 'answered');
  assert.equal(result(items)?.result, 'look done');
  assert.deepEqual(runs(), ['look', 'look']);
});

test('kill -9 in a write: it is never run again, and its outcome is unknown', async () => {
  const isRunning = (event: ServedEvent): boolean => event.type === 'tool.started';
  const { outcome, items } = await killAndRestart({ words: 'book', at: isRunning, toolsHang: true });
  assert.equal(outcome, 'answered');
  assert.equal(result(items)?.error?.kind, 'outcome_unknown');
  assert.deepEqual(runs(), ['book']);
});

test('kill -9 in the second model call: it is asked again elsewhere with the result that was there', async () => {
  const { rules } = scripted.script;
  scripted.script.rules = [{ when: { afterTool: true }, failure: { kind: 'hang' } }, ...rules];
  const hangsNoMore = (event: ServedEvent): boolean => {
    if (!isStep('think:2')(event)) return false;
    scripted.script.rules = rules;
    return true;
  };
  const { outcome, items } = await killAndRestart({ words: 'look', at: hangsNoMore });
  assert.equal(outcome, 'answered');
  assert.deepEqual(runs(), ['look']);
  assert.equal(lastWords(items), 'That is done.');
  const sent = scripted.requests.chat.last?.body.messages ?? [];
  assert.equal(sent.at(-1)?.content, 'look done');
});

test('kill -9 when all has been said: the turn is closed by another process', async () => {
  const { outcome } = await killAndRestart({ words: 'Tell me', at: (event) => event.type === 'speech.finished' });
  assert.equal(outcome, 'answered');
});
