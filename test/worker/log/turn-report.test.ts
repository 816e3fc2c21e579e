import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToolDefinition } from 'legato';
import { z } from 'zod';
import type { ScriptRule } from '../../../providers/scripted/script.ts';
import { TURN_ENDED, type TurnReport } from '../../../worker/log/turn-report.ts';
import type { LogLine } from '../../log-lines.ts';
import { createWorld, type World, type WorldOptions } from '../../world.ts';

const SECRET = '4111-2222';
const SAID = 'I have put it on your card.';

type ToolOptions = Partial<ToolDefinition>;

const pay = (options: ToolOptions): ToolDefinition => ({
  name: 'pay',
  description: 'Pays',
  input: z.object({ card: z.string() }),
  effect: 'read',
  preamble: 'off',
  retry: { attempts: 1, firstDelayMs: 1 },
  run: () => 'paid',
  ...options,
});

const rules: ScriptRule[] = [
  { when: { afterTool: true }, reply: { text: SAID } },
  { when: { user: 'pay' }, reply: { calls: [{ name: 'pay', arguments: { card: SECRET } }] } },
  { reply: { text: 'Hello there.' } },
];

function brokenRun({ card }: Readonly<Record<string, unknown>>): never {
  throw new TypeError(`No card ${String(card)}`);
}

function brokenCheck(): never {
  throw new RangeError('The check is broken');
}

/** What is logged of one turn; its line, and all lines as text. */
async function logOf(
  text: string,
  options: WorldOptions & { modality?: 'text' | 'audio'; fail?: Parameters<World['scripted']['failNext']>[0] },
): Promise<{ line: LogLine & TurnReport; all: string }> {
  const { modality = 'text', fail, ...more } = options;
  await using world = await createWorld({ rules, temporalUiUrl: 'http://ui.example/', ...more });
  if (fail) world.scripted.failNext(fail);
  const turn = await world.start(text, { modality });
  const line = (await world.log.arrival(TURN_ENDED)) as LogLine & TurnReport;
  await turn.result().catch(() => undefined); // how it ended is in the line
  assert.equal(line.turn, turn.id);
  assert.equal(world.log.all.length, 1, 'one line a turn');
  return { line, all: JSON.stringify(world.log.all) };
}

test('log: a turn that is answered is one line with outcome, time to first audio, steps and link', async () => {
  const { line } = await logOf('Hi', { modality: 'audio' });
  assert.equal(line.level, 30);
  assert.equal(line.outcome, 'answered');
  assert.ok(line.firstAudioMs !== undefined && line.firstAudioMs <= line.durationMs);
  assert.deepEqual(
    line.steps.map(({ step, ok }) => [step, ok]),
    [
      ['think:1', true],
      ['voice:1', true],
    ],
  );
  assert.deepEqual(line.troubles, []);
  assert.equal(line.url, `http://ui.example/namespaces/default/workflows/${line.turn}`);
});

test('log: of a turn without audio the first words are timed', async () => {
  const { line } = await logOf('Hi', {});
  assert.equal(line.firstAudioMs, undefined);
  assert.ok(line.firstWordsMs !== undefined && line.firstWordsMs <= line.durationMs);
});

test('log: a tool that throws is logged with its stack, and without the argument that it quotes', async () => {
  const { line, all } = await logOf('pay with 4111', { agent: { tools: [pay({ run: brokenRun })] } });
  const [trouble] = line.troubles;
  assert.equal(line.level, 40);
  assert.equal(trouble?.step, 'tool:1:0:pay');
  assert.equal(trouble.kind, 'failed');
  assert.equal(trouble.err?.type, 'TypeError');
  assert.equal(trouble.err.message, 'No card [hidden]');
  assert.match(trouble.err.stack ?? '', /at .*brokenRun.*turn-report\.test\.ts/);
  assert.equal(line.troubles.length, 1);
  for (const words of [SECRET, SAID, 'pay with']) assert.ok(!all.includes(words), words);
});

test('log: an attempt that throws is logged even if the next one gives a result', async () => {
  const tool = pay({
    retry: { attempts: 2, firstDelayMs: 1 },
    run: ({ card }, { attempt }) => (attempt === 1 ? brokenRun({ card }) : 'paid'),
  });
  const { line } = await logOf('pay', { agent: { tools: [tool] } });
  assert.equal(line.outcome, 'answered');
  assert.deepEqual(
    line.troubles.map(({ step, kind, err }) => [step, kind, err?.type]),
    [['tool:1:0:pay', undefined, 'TypeError']],
  );
});

const brokenParts: readonly [part: string, options: ToolOptions][] = [
  ['rejectIf', { rejectIf: brokenCheck }],
  ["a filler's words", { fillers: [{ afterMs: 20, say: brokenCheck }] }],
  ["a failure's words", { onFailure: { say: brokenCheck } }],
  ['a check of the arguments', { input: z.object({ card: z.string().transform(brokenCheck) }) }],
  ['a check of the result', { output: z.string().transform(brokenCheck) }],
];
for (const [part, options] of brokenParts) {
  test(`log: ${part} that throws leaves its stack`, async () => {
    const { line } = await logOf('pay', { agent: { tools: [pay(options)] } });
    const thrown = line.troubles.find(({ err }) => err?.type === 'RangeError');
    assert.equal(thrown?.step, 'tool:1:0:pay');
    assert.match(thrown.err?.stack ?? '', /at .*brokenCheck.*turn-report\.test\.ts/);
  });
}

test('log: a turn that expires is logged, with its reason and the call that it waited for', async () => {
  const tool = pay({ timeoutMs: 20_000, budgetMs: 20_000, run: () => new Promise<never>(() => undefined) });
  // Long enough for the tool to begin on a busy machine.
  const { line } = await logOf('pay', { agent: { tools: [tool], deadlineMs: 3_000 } });
  assert.equal(line.outcome, 'expired');
  assert.equal(line.level, 40);
  assert.equal(line.reason, 'its work took over 3000 ms');
  assert.ok(line.steps.some(({ step }) => step === 'tool:1:0:pay'));
});

test('log: a model that fails is logged with its reason', async () => {
  const { line } = await logOf('Hi', { fail: { endpoint: 'chat', kind: 'status', status: 500, times: 2 } });
  assert.equal(line.outcome, 'failed');
  assert.equal(line.troubles[0]?.step, 'think:1');
  assert.equal(line.troubles[0].kind, 'Model.Failed');
  assert.match(line.troubles[0].err?.message ?? '', /500/);
});

test('log: a voice that is down is logged, since the turn is answered in text', async () => {
  const fail = { endpoint: 'speech', kind: 'status', status: 503, times: 10 } as const;
  const { line } = await logOf('Hi', { modality: 'audio', fail });
  assert.equal(line.degraded, true);
  assert.match(line.troubles[0]?.message ?? '', /503/);
});
