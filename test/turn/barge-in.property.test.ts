import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PlannedCall, ToolPolicy } from '../../contract/rounds.ts';
import { transcript } from '../../turn/transcript.ts';
import { POLICY } from './played-turn.ts';
import type { ScriptedRound } from './played-turn.ts';
import { playAtHome, playFromHome, type ScriptedCut } from './two-players.ts';

const policy: fc.Arbitrary<ToolPolicy> = fc.constantFrom(
  POLICY,
  { ...POLICY, onBargeIn: 'continue' as const },
  { ...POLICY, onBargeIn: 'block' as const },
  { ...POLICY, effect: 'write' as const, onBargeIn: 'continue' as const },
  { ...POLICY, effect: 'write' as const, onBargeIn: 'block' as const },
);
const call: fc.Arbitrary<PlannedCall> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      name: fc.constantFrom('find', 'slow', 'fail_pay'),
      arguments: fc.constant({}),
      policy,
    }),
  },
  {
    weight: 2,
    arbitrary: policy.map((one) => ({
      name: 'status',
      arguments: {},
      policy: one,
      requires: { id: { tool: 'find', field: 'id' } },
      after: ['slow'],
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constant<PlannedCall>({
      name: 'nope',
      arguments: {},
      fault: { kind: 'unknown_tool', message: 'none' },
    }),
  },
);
const round: fc.Arbitrary<ScriptedRound> = fc.record({
  text: fc.constantFrom('', 'One moment.', 'Here it is.'),
  calls: fc.array(call, { maxLength: 5 }),
  toolbox: fc.constant({ find: { policy: POLICY } }),
});
const failing = round.map((scripted) => ({ ...scripted, fails: true }));
const script = fc
  .tuple(fc.array(round, { maxLength: 5 }), fc.option(failing, { freq: 3 }))
  .map(([rounds, last]) => (last ? [...rounds, last] : rounds));
const picks = fc.array(fc.nat(40), { minLength: 1, maxLength: 60 });
const playing = fc.record({ script, picks });
const cut: fc.Arbitrary<ScriptedCut> = fc.record({
  at: fc.nat(20),
  shares: fc.array(fc.nat(100), { minLength: 1, maxLength: 12 }),
});
const cuts = fc.uniqueArray(cut, { minLength: 1, maxLength: 3, selector: ({ at }) => at });

test('I7: whatever order the record hears of it, a cut at any point gives it the transcript that home has', () => {
  fc.assert(
    fc.property(playing, cuts, picks, (played, cutting, another) => {
      const home = playAtHome(played, cutting);
      const record = playFromHome(home, another);
      assert.deepEqual(transcript('Hi', record.state.rounds), transcript('Hi', home.state.rounds));
      assert.equal(record.state.ending, home.state.ending);
      assert.equal(record.state.finished, true);
      assert.equal(home.state.finished, true);
    }),
    { numRuns: 5000 },
  );
});

test('barge-in: every call has one result, no step is begun twice, and what was heard begins what was said', () => {
  fc.assert(
    fc.property(playing, cuts, picks, (played, cutting, another) => {
      const home = playAtHome(played, cutting);
      const { state, commands } = playFromHome(home, another);
      const items = transcript('Hi', state.rounds);
      const calls = items.flatMap((item) => (item.type === 'call' ? [item.call] : []));
      const results = items.flatMap((item) => (item.type === 'result' ? [item.call] : []));
      assert.deepEqual(results, calls);
      const begun = commands.flatMap((command) =>
        'step' in command && command.type !== 'cancel' ? [command.step] : [],
      );
      assert.equal(new Set(begun).size, begun.length);
      for (const item of items) if (item.type === 'speech') assert.ok(item.text.startsWith(item.heardText), item.text);
    }),
    { numRuns: 5000 },
  );
});
