import fc from 'fast-check';
import type { PlannedCall, ToolPolicy } from '../../contract/rounds.ts';
import { POLICY } from './played-turn.ts';
import type { ScriptedRound } from './played-turn.ts';
import type { ScriptedBargeIn } from './two-players.ts';

// Turns of all kinds: reads and writes under every rule for a barge-in, graphs, bad calls, failing models, and when the caller speaks.

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
const providerState = fc
  .array(fc.constantFrom('signed', { thought: 'Hm.' }), { minLength: 1, maxLength: 2 })
  .map((pieces) => ({ provider: 'acme', model: 'first', pieces }));
const plain = {
  text: fc.constantFrom('', 'One moment.', 'Here it is.'),
  calls: fc.array(call, { maxLength: 5 }),
  toolbox: fc.constant({ find: { policy: POLICY } }),
};
const round: fc.Arbitrary<ScriptedRound> = fc.oneof(fc.record(plain), fc.record({ ...plain, providerState }));
const failing = round.map((scripted) => ({ ...scripted, fails: true }));
export const script = fc
  .tuple(fc.array(round, { maxLength: 5 }), fc.option(failing, { freq: 3 }))
  .map(([rounds, last]) => (last ? [...rounds, last] : rounds));
export const picks = fc.array(fc.nat(40), { minLength: 1, maxLength: 60 });
export const playing = fc.record({ script, picks });
const bargeIn: fc.Arbitrary<ScriptedBargeIn> = fc.record({
  at: fc.nat(20),
  shares: fc.array(fc.nat(100), { minLength: 1, maxLength: 12 }),
});
export const bargeIns = fc.uniqueArray(bargeIn, { minLength: 1, maxLength: 3, selector: ({ at }) => at });
