import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlannedCall, PlannedTool, Toolbox } from '../../contract/rounds.ts';
import { advance, beginTurn } from '../../turn/advance.ts';
import { resultOf as settledAs } from '../../turn/call.ts';
import type { TurnCommand } from '../../turn/turn-state.ts';
import { playTurn, POLICY, resultOf, TERMS } from './played-turn.ts';
import { textInput } from '../text-input.ts';

const tool = (more: Partial<PlannedTool> = {}): PlannedTool => ({ policy: POLICY, ...more });
const call = (name: string, more: Partial<PlannedTool> = {}): PlannedCall => ({
  name,
  arguments: {},
  policy: POLICY,
  ...more,
});
const needsLatest = { requires: { order_id: { tool: 'latest', field: 'id' } } };
const toolbox: Toolbox = { latest: tool() };
const answer = { text: 'Done.', calls: [] };

function begun(calls: readonly PlannedCall[], box: Toolbox = toolbox) {
  return advance(beginTurn(TERMS, textInput('Hello')).state, {
    type: 'thought',
    round: 1,
    text: '',
    calls,
    toolbox: box,
  });
}
const started = (commands: readonly TurnCommand[]): string[] =>
  commands.flatMap((command) => (command.type === 'call_tool' ? [command.step] : []));
const results = (items: ReturnType<typeof playTurn>['items']) => items.filter((item) => item.type === 'result');

test('graph: a call that another one requires is added before it, and its result fills the argument', () => {
  const first = begun([call('status', needsLatest)]);
  assert.deepEqual(started(first.commands), ['tool:1:0:status.req:latest']);
  const next = advance(first.state, {
    type: 'call_settled',
    call: 'tool:1:0:status.req:latest',
    result: resultOf('4010'),
  });
  const [command] = next.commands;
  assert.deepEqual(command?.type === 'call_tool' && [command.step, command.call.arguments], [
    'tool:1:0:status',
    { order_id: '4010' },
  ]);
});

test('graph: a chain costs no model call between its tools', () => {
  const { commands } = playTurn([{ text: '', calls: [call('status', needsLatest)], toolbox }, answer]);
  assert.deepEqual(
    commands.map((command) => command.type),
    ['think', 'call_tool', 'call_tool', 'think', 'voice', 'finish'],
  );
});

test('graph: an added call is shown as a call of its own, with its result, before the one that required it', () => {
  const { items } = playTurn([{ text: '', calls: [call('status', needsLatest)], toolbox }, answer]);
  assert.deepEqual(
    items.flatMap((item) => (item.type === 'call' ? [[item.call, item.arguments]] : [])),
    [
      ['tool:1:0:status.req:latest', {}],
      ['tool:1:0:status', { order_id: 'tool:1:0:status.req:latest' }],
    ],
  );
  assert.equal(results(items).length, 2);
});

test('graph: a required tool that the model called itself is not called again', () => {
  const { items } = playTurn([{ text: '', calls: [call('status', needsLatest), call('latest')], toolbox }, answer]);
  const calls = items.flatMap((item) => (item.type === 'call' ? [item.call] : []));
  assert.deepEqual(calls, ['tool:1:0:status', 'tool:1:1:latest']);
});

for (const name of ['tool', '0', '1']) {
  test(`graph: a required tool that is named '${name}' is called, and is not taken for a circle`, () => {
    const needs = { requires: { order_id: { tool: name, field: 'id' } } };
    const { items } = playTurn([{ text: '', calls: [call('status', needs)], toolbox: { [name]: tool() } }, answer]);
    assert.deepEqual(
      results(items).map(({ ok }) => ok),
      [true, true],
    );
  });
}

test('graph: a tool that requires itself by way of another is refused, whatever the names are', () => {
  const needs = (name: string) => ({ requires: { order_id: { tool: name, field: 'id' } } });
  const circle = { '0': tool(needs('tool')), tool: tool(needs('0')) };
  const { items } = playTurn([{ text: '', calls: [call('status', needs('0'))], toolbox: circle }, answer]);
  assert.deepEqual(
    results(items).map(({ error }) => error?.kind),
    ['rejected', 'skipped', 'skipped', 'skipped'],
  );
});

test('graph: two calls that require the same tool share one added call', () => {
  const { items } = playTurn([
    { text: '', calls: [call('status', needsLatest), call('refund', needsLatest)], toolbox },
    answer,
  ]);
  assert.equal(items.filter((item) => item.type === 'call' && item.name === 'latest').length, 1);
});

test('graph: a result that the turn already has is used again', () => {
  const rounds = [
    { text: '', calls: [call('latest')] },
    { text: '', calls: [call('status', needsLatest)], toolbox },
    answer,
  ];
  const { items } = playTurn(rounds);
  const status = items.find((item) => item.type === 'call' && item.name === 'status');
  assert.deepEqual(status?.type === 'call' && status.arguments, { order_id: 'tool:1:0:latest' });
  assert.equal(items.filter((item) => item.type === 'call').length, 2);
});

test('graph: an added call brings what it requires itself', () => {
  const deep: Toolbox = { latest: tool({ requires: { customer: { tool: 'caller', field: 'id' } } }), caller: tool() };
  const { items } = playTurn([{ text: '', calls: [call('status', needsLatest)], toolbox: deep }, answer]);
  assert.deepEqual(
    items.flatMap((item) => (item.type === 'call' ? [item.call] : [])),
    ['tool:1:0:status.req:latest.req:caller', 'tool:1:0:status.req:latest', 'tool:1:0:status'],
  );
});

test('graph: what depends on a call that failed is skipped with the reason, and nothing else is', () => {
  const requires = { order_id: { tool: 'fail_latest', field: 'id' } };
  const calls = [call('status', { requires }), call('other'), call('later', { after: ['status'] })];
  const { items } = playTurn([{ text: '', calls, toolbox: { fail_latest: tool() } }, answer]);
  const errors = results(items).map((item) => item.error?.kind);
  assert.deepEqual(errors, ['failed', 'skipped', undefined, 'skipped']);
  assert.match(results(items)[1]?.error?.message ?? '', /fail_latest.*Down/);
});

test('graph: a result without the field that is required settles the dependent as skipped', () => {
  const requires = { order_id: { tool: 'latest', field: 'nothing.here' } };
  const { items } = playTurn([{ text: '', calls: [call('status', { requires })], toolbox }, answer]);
  assert.match(results(items)[1]?.error?.message ?? '', /'nothing.here' of 'latest'/);
});

test('graph: `after` orders calls of a round, and does not concern tools that were not called', () => {
  const calls = [call('second', { after: ['first', 'absent'] }), call('first')];
  const first = begun(calls, {});
  assert.deepEqual(started(first.commands), ['tool:1:1:first']);
  const next = advance(first.state, { type: 'call_settled', call: 'tool:1:1:first', result: resultOf('x') });
  assert.deepEqual(started(next.commands), ['tool:1:0:second']);
});

test('graph: independent calls start at once, whatever others wait for', () => {
  const calls = [call('status', needsLatest), call('alone'), call('alone')];
  assert.deepEqual(started(begun(calls).commands), ['tool:1:0:status.req:latest', 'tool:1:1:alone', 'tool:1:2:alone']);
});

test('graph: calls that wait for each other, whatever let them through, are skipped and the turn ends', () => {
  const circular: Toolbox = {
    latest: tool({ requires: { id: { tool: 'caller', field: 'id' } } }),
    caller: tool({ requires: { id: { tool: 'latest', field: 'id' } } }),
  };
  const { finishes, items } = playTurn([{ text: '', calls: [call('status', needsLatest)], toolbox: circular }, answer]);
  assert.equal(finishes, 1);
  assert.ok(results(items).every((item) => !item.ok));
  const mutual = [call('one', { after: ['two'] }), call('two', { after: ['one'] })];
  assert.deepEqual(
    results(playTurn([{ text: '', calls: mutual }, answer]).items).map((item) => item.error?.kind),
    ['skipped', 'skipped'],
  );
});

test('graph: at the deadline a write that was not started is cancelled, and one that was stays open', () => {
  const write = { policy: { ...POLICY, effect: 'write' as const } };
  const { state } = begun([call('one', write), call('two', { ...write, after: ['one'] })], {});
  const late = advance(state, { type: 'deadline_passed' });
  const kinds = late.state.rounds.flatMap((round) => round.calls.map((made) => settledAs(made)?.error?.kind));
  assert.deepEqual(kinds, [undefined, 'cancelled']);
});

test('greeting: a turn without input says it, asks no model, and ends when it was heard', () => {
  const { state, commands } = beginTurn({ ...TERMS, greeting: 'Good day.' }, { type: 'greeting' });
  assert.deepEqual(commands, [{ type: 'voice', step: 'voice:1', speech: '1-1', kind: 'answer', text: 'Good day.' }]);
  const over = advance(state, { type: 'voiced', speech: '1-1', voiced: { heardText: 'Good day.', durationMs: 1 } });
  assert.deepEqual(over.commands, [{ type: 'finish', outcome: 'answered' }]);
});
