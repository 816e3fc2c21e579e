import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../properties.ts';
import type { PlannedCall } from '../../contract/rounds.ts';
import { playTurn, POLICY } from './played-turn.ts';
import type { ScriptedRound } from './played-turn.ts';

const name = fc.constantFrom('find', 'list', 'refund');
const call: fc.Arbitrary<PlannedCall> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ name, arguments: fc.constant({}), policy: fc.constant(POLICY) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      name,
      arguments: fc.constant({}),
      policy: fc.constant({ ...POLICY, effect: 'write' as const }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      name,
      arguments: fc.constant({}),
      fault: fc.constant({ kind: 'invalid_arguments' as const, message: 'bad' }),
    }),
  },
);
const round: fc.Arbitrary<ScriptedRound> = fc.record({
  text: fc.constantFrom('', 'One moment.', 'Here it is.'),
  calls: fc.array(call, { maxLength: 20 }),
});
const failing = round.map((scripted) => ({ ...scripted, fails: true }));
const script = fc
  .tuple(fc.array(round, { maxLength: 8 }), fc.option(failing, { freq: 3 }))
  .map(([rounds, last]) => (last ? [...rounds, last] : rounds));
/** A graph of tools in which each may require or follow those before it: never a circle. */
const graph: fc.Arbitrary<ScriptedRound> = fc
  .array(fc.record({ requires: fc.nat(6), after: fc.nat(6), fails: fc.boolean(), asked: fc.boolean() }), {
    minLength: 1,
    maxLength: 7,
  })
  .map((nodes) => {
    const names = nodes.map(({ fails }, index) => (fails && index % 3 === 0 ? `fail${index}` : `tool${index}`));
    const tools = nodes.map(({ requires, after }, index) => ({
      policy: POLICY,
      ...(requires < index && { requires: { id: { tool: names[requires] ?? '', field: 'id' } } }),
      ...(after < index && { after: [names[after] ?? ''] }),
    }));
    const toolbox = Object.fromEntries(names.map((name, index) => [name, tools[index] ?? { policy: POLICY }]));
    const calls = names.flatMap((name, index) =>
      nodes[index]?.asked ? [{ name, arguments: {}, ...(toolbox[name] ?? {}) }] : [],
    );
    return { text: '', calls, toolbox };
  });
const picks = fc.array(fc.nat(40), { minLength: 1, maxLength: 60 });
const cut = fc.record({
  after: fc.nat(30),
  by: fc.constant({ type: 'deadline_passed' as const }),
});

test('advance: any order of completions gives the same transcript', () => {
  fc.assert(
    fc.property(script, picks, picks, (rounds, some, others) => {
      assert.deepEqual(playTurn(rounds, some).items, playTurn(rounds, others).items);
    }),
    { numRuns: 1000 },
  );
});

test('advance: every turn ends once, with every call settled once, whatever cuts it short', () => {
  fc.assert(
    fc.property(script, picks, fc.option(cut), (rounds, order, cutShort) => {
      const { items, finishes, state, commands } = playTurn(rounds, order, cutShort ?? undefined);
      assert.equal(finishes, 1);
      assert.equal(state.finished, true);
      const calls = items.flatMap((item) => (item.type === 'call' ? [item.call] : []));
      const results = items.flatMap((item) => (item.type === 'result' ? [item.call] : []));
      assert.deepEqual(results, calls);
      const steps = commands.flatMap((command) =>
        'step' in command && command.type !== 'cancel' ? [command.step] : [],
      );
      assert.equal(new Set(steps).size, steps.length);
      assert.ok(state.rounds.length <= 6);
    }),
    { numRuns: 1000 },
  );
});

test('graph: no call starts before its inputs, each runs once, and any acyclic graph ends, in any order of completions', () => {
  fc.assert(
    fc.property(graph, picks, picks, (round, order, another) => {
      const { commands, state, items } = playTurn([round], order);
      const steps = commands.flatMap((command) => (command.type === 'call_tool' ? [command.call] : []));
      assert.equal(new Set(steps.map((call) => call.call)).size, steps.length);
      for (const call of steps) {
        for (const [argument, { call: source }] of Object.entries(call.inputs ?? {})) {
          assert.deepEqual((call.arguments as Record<string, unknown>)[argument], source);
        }
      }
      assert.equal(state.finished, true);
      assert.deepEqual(items, playTurn([round], another).items);
    }),
    { numRuns: 1000 },
  );
});
