import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToolDefinition } from 'legato';
import { z } from 'zod';
import { Turn } from '../../contract/http.ts';
import { searchAttributes, turnRecord } from '../../contract/messages.ts';
import type { StepRecord, TurnResult } from '../../contract/turn.ts';
import type { TurnRecord } from '../../contract/turn-record.ts';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import { createFrontEndWorld } from '../front-end-world.ts';
import { createWorld, type StartedTurn, type World, type WorldOptions } from '../world.ts';
import { whenPublished } from './barge-in/caller.ts';
import { endOf } from './turn-end.ts';

// How steps read in the record: that only those which went well are finished, and why the others are not.

type ToolOptions = Partial<ToolDefinition>;

const act = (options: ToolOptions): ToolDefinition => ({
  ...{ name: 'act', description: 'Does it', input: z.object({}), effect: 'read', preamble: 'off' },
  run: () => 'done',
  ...options,
});
const fail = (): never => {
  throw new Error('It is broken');
};
const rules: ScriptRule[] = [
  { when: { afterTool: true }, reply: { text: 'That is all.' } },
  { when: { user: 'act' }, reply: { text: 'One moment.', calls: [{ name: 'act', arguments: {} }] } },
  { when: { user: 'ponder' }, reply: { text: 'Well.' }, delays: { firstTokenMs: 60_000 } },
  { reply: { text: 'Your parcel left the warehouse this morning. It should be there on Friday. '.repeat(3) } },
];

async function play(text: string, options: WorldOptions, modality: 'text' | 'audio' = 'text') {
  await using world = await createWorld({ rules, ...options });
  const turn = await world.start(text, { modality });
  return { ...(await endOf(turn)), attributes: await attributesOf(world, turn) };
}

async function attributesOf({ client }: World, { id }: StartedTurn): Promise<Record<string, unknown>> {
  const { typedSearchAttributes } = await client.workflow.getHandle(id).describe();
  const ours = typedSearchAttributes.getAll().filter(({ key }) => key.name.startsWith('Legato'));
  return Object.fromEntries(ours.map(({ key, value }) => [key.name, value]));
}

function stepOf({ steps }: TurnResult, id: string): Partial<StepRecord> {
  const { startedAtMs: _, durationMs: __, ...step } = steps.find((one) => one.id === id) ?? assert.fail(`no ${id}`);
  return step;
}

const ACT = { id: 'tool:1:0:act', kind: 'tool', name: 'act', attempts: 1 } as const;

test('steps: a tool that fails is failed, with its error and all its attempts', async () => {
  const tool = act({ retry: { attempts: 2, firstDelayMs: 1 }, run: fail });
  const { result, attributes } = await play('act', { agent: { tools: [tool] } });
  const error = { kind: 'failed', message: 'It is broken' };
  assert.deepEqual(stepOf(result, ACT.id), { ...ACT, attempts: 2, state: 'failed', error });
  assert.deepEqual(attributes, { [searchAttributes.outcome]: 'answered' });
});

test('steps: a read that failed and fell back is failed, and step and result say where the result is from', async () => {
  const cheap = act({ name: 'cheap', run: () => 'about noon' });
  const tool = act({ retry: { attempts: 1, firstDelayMs: 1 }, run: fail, onFailure: { fallback: 'cheap' } });
  const { result } = await play('act', { agent: { tools: [tool, cheap] } });
  const error = { kind: 'failed', message: 'It is broken' };
  assert.deepEqual(stepOf(result, ACT.id), { ...ACT, state: 'failed', error, source: 'fallback' });
  const items = result.items.filter((item) => item.type === 'result');
  assert.deepEqual(items, [{ type: 'result', call: ACT.id, ok: true, result: 'about noon', source: 'fallback' }]);
});

test('steps: a read whose result was kept is finished, and says so', async () => {
  await using world = await createWorld({ rules, agent: { tools: [act({ cacheMs: 60_000 })] } });
  await (await world.start('act')).result();
  const { items, ...result } = await (await world.start('act', { number: 2 })).result();
  assert.deepEqual(stepOf({ ...result, items }, ACT.id), { ...ACT, state: 'finished', source: 'cache' });
  assert.equal(items.find((item) => item.type === 'result')?.source, 'cache');
});

test('steps: a write of unknown outcome is unknown, and operators find it by its step', async () => {
  const limits = { timeoutMs: 20, budgetMs: 20 };
  const tool = act({ effect: 'write', start: 'at_once', ...limits, run: () => new Promise<never>(() => undefined) });
  const { result, attributes } = await play('act', { agent: { tools: [tool] } });
  const { error, ...step } = stepOf(result, ACT.id);
  assert.deepEqual(step, { ...ACT, state: 'unknown' });
  assert.equal(error?.kind, 'outcome_unknown');
  assert.deepEqual(attributes, { [searchAttributes.outcome]: 'answered', [searchAttributes.unknownCall]: ACT.id });
});

test('steps: a model call that the deadline cut is cancelled, and the turn fails as expired with its result and reason', async () => {
  const { result, failure, attributes } = await play('ponder', { agent: { tools: [], deadlineMs: 1_000 } });
  const error = { kind: 'cancelled', message: 'The turn ran out of time' };
  const think = { id: 'think:1', kind: 'think', attempts: 1 };
  assert.deepEqual(stepOf(result, 'think:1'), { ...think, state: 'cancelled', error });
  assert.equal(failure?.type, 'Turn.Expired');
  const reason = "The turn ran out of time: its work took over 1000 ms, and it still waited for 'think:1'";
  assert.deepEqual([failure.message, result.reason, result.outcome], [reason, reason, 'expired']);
  assert.equal(attributes[searchAttributes.failedStep], 'think:1');
});

test('steps: a turn that expires while its tools run names them, and they are cancelled', async () => {
  const tool = act({ timeoutMs: 60_000, budgetMs: 60_000, run: () => new Promise<never>(() => undefined) });
  const { result } = await play('act', { agent: { tools: [tool], deadlineMs: 1_000 } });
  const error = { kind: 'cancelled', message: 'The turn ran out of time' };
  assert.deepEqual(stepOf(result, ACT.id), { ...ACT, state: 'cancelled', error });
  assert.match(result.reason ?? '', /it still waited for 'tool:1:0:act'$/);
});

test('steps: speech that the caller cut is cancelled, and says how much was heard', async () => {
  const said = Promise.withResolvers<void>();
  const isSaid = whenPublished('1-1', 1_000);
  await using world = await createWorld({ rules, onPublish: (event) => isSaid(event) && said.resolve() });
  const turn = await world.start('Hi', { modality: 'audio' });
  const isSpoken = async (): Promise<boolean> => {
    const { steps } = await turn.handle.query<TurnRecord>(turnRecord);
    return steps.some(({ id }) => id === 'voice:1');
  };
  while (!(await isSpoken()));
  await said.promise;
  turn.live.interrupt({ id: 'stop', speech: '1-1', heardMs: 900 });
  const { result } = await endOf(turn);
  const { error, speeches, ...voice } = stepOf(result, 'voice:1');
  assert.deepEqual(voice, { id: 'voice:1', kind: 'voice', name: 'answer', attempts: 1, state: 'cancelled' });
  assert.equal(error?.message, 'The caller spoke before it was done');
  assert.equal(speeches?.[0]?.heardMs, 900);
});

test('steps: speech that went out as text is failed, and says why', async () => {
  await using world = await createWorld({ rules });
  world.scripted.failNext({ endpoint: 'speech', kind: 'status', status: 503, times: 10 });
  const { result } = await endOf(await world.start('Hi', { modality: 'audio' }));
  const { state, error, speeches } = stepOf(result, 'voice:1');
  assert.deepEqual([state, error?.kind, speeches?.[0]?.degraded], ['failed', 'degraded', error?.message]);
});

test('steps: what was said before and beside a tool stands with the step that said it', async () => {
  const filled = Promise.withResolvers<void>();
  const onPublish: WorldOptions['onPublish'] = (event) => {
    if (event.type === 'speech.sentence' && event.text === 'Still looking.') filled.resolve();
  };
  const fillers = [{ afterMs: 1, say: 'Still looking.' }];
  const slow = act({ run: () => filled.promise, timeoutMs: 60_000, budgetMs: 60_000, fillers });
  const silent: ScriptRule = {
    when: { user: 'quietly', afterTool: false },
    reply: { calls: [{ name: 'act', arguments: {} }] },
  };
  const { result } = await play('act', { agent: { tools: [act({})] } });
  const { result: quiet } = await play('quietly', { agent: { tools: [slow] }, rules: [silent, ...rules], onPublish });
  const said = (of: TurnResult, id: string) => stepOf(of, id).speeches?.map(({ speech }) => speech);
  assert.deepEqual([said(result, 'think:1'), said(result, 'voice:2')], [['1-1'], ['2-1']]);
  assert.deepEqual(said(quiet, ACT.id), ['1-3']);
});

test('front end: a turn that ran out of time is shown as expired, with its reason', async () => {
  await using world = await createFrontEndWorld({ rules, agent: { tools: [], deadlineMs: 1_000 } });
  const turn = await world.start('ponder');
  await assert.rejects(turn.result());
  let answer = await world.send(`/v1/turns/${turn.id}`);
  while (answer.status === 503) answer = await world.send(`/v1/turns/${turn.id}`);
  const { outcome, state, reason } = Turn.parse(answer.body);
  assert.deepEqual([outcome, state], ['expired', 'finished']);
  assert.match(reason ?? '', /it still waited for 'think:1'$/);
});
