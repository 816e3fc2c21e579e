import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../properties.ts';
import type { BargeIn } from '../../contract/barge-in.ts';
import {
  conversationInputFault,
  interruptFault,
  turnBeganFault,
  turnEndedFault,
  turnStartFault,
} from '../../workflows/message-faults.ts';
import { playTurn, POLICY } from '../turn/played-turn.ts';
import { playing } from '../turn/random-turns.ts';
import { textInput } from '../text-input.ts';

test('messages: whatever value is sent, its fault is told and nothing is thrown', () => {
  const faults = [interruptFault, turnBeganFault, turnEndedFault, turnStartFault, conversationInputFault];
  fc.assert(
    fc.property(fc.anything(), (value) => {
      for (const faultOf of faults) assert.match(faultOf(value) ?? 'must be; got', /must be.*; got/);
    }),
  );
});

test('messages: a fault names field, rule and what came, and never the words themselves', () => {
  for (const [value, fault] of [
    [7, 'it must be an object; got 7'],
    [{ id: 7 }, "'id' must be a text of 1 to 64 characters, or left out; got 7"],
    [{ id: 'x'.repeat(65) }, "'id' must be a text of 1 to 64 characters, or left out; got a text of 65 characters"],
    [{ heardMs: 1 }, "'speech' must be the speech that 'heardMs' counts from; got nothing"],
    [{ id: 'one', speech: '1-1', heardMs: 120 }, undefined],
  ] as const)
    assert.equal(interruptFault(value), fault);
});

test('messages: a start has its input, or the text of an earlier version, and never both', () => {
  const start = { conversationId: 'c', agent: 'a', modality: 'text' };
  for (const [more, fault] of [
    [{ input: textInput('Hi') }, undefined],
    [{ input: { type: 'greeting' } }, undefined],
    [{ text: 'Hi' }, undefined],
    [{}, undefined],
    [
      { input: textInput('Hi'), text: 'Hi' },
      "'text' must be left out, since 'input' is given; got a text of 2 characters",
    ],
    [{ input: 'Hi' }, "'input' must be an object, or left out; got a text of 2 characters"],
    [{ input: {} }, "'input.type' must be one of text, greeting; got nothing"],
    [{ input: { type: 'smell' } }, "'input.type' must be one of text, greeting; got a text of 5 characters"],
    [{ input: { type: 'toString' } }, "'input.type' must be one of text, greeting; got a text of 8 characters"],
    [{ input: { type: 'text' } }, "'input.text' must be a text; got nothing"],
    [{ text: 7 }, "'text' must be a text, or left out; got 7"],
    [{ context: 7 }, "'context' must be a text, or left out; got 7"],
    [{ conversationContext: {} }, "'conversationContext' must be a text, or left out; got an object"],
    [{ traceparent: 7 }, "'traceparent' must be a text, or left out; got 7"],
    [{ tracestate: [] }, "'tracestate' must be a text, or left out; got a list of 0"],
  ] as const)
    assert.equal(turnStartFault({ ...start, ...more }), fault);
});

const step = fc.constantFrom('think:1', 'think:2', 'tool:1:0:find', 'tool:1:0:status.req:find', 'voice:1', 'x');
const speech = fc.record({
  speech: fc.constantFrom('1-1', '1-2', '2-1', '9-9', 'x'),
  kind: fc.constantFrom('preamble', 'filler', 'answer', 'apology'),
  text: fc.string(),
  voiced: fc.record({ heardText: fc.string(), durationMs: fc.nat() }),
});
const anyCut: fc.Arbitrary<BargeIn> = fc.record(
  {
    id: fc.constant('one'),
    number: fc.integer(),
    settled: fc.array(step),
    begun: fc.array(step),
    said: fc.array(speech),
    answers: fc.boolean(),
    ending: fc.constantFrom('answered', 'interrupted', 'expired', 'failed'),
  },
  { requiredKeys: ['id', 'number', 'settled', 'begun', 'said', 'answers'] },
);

/** A call of `status`, which requires `find`. */
const begunByRequirement = {
  script: [
    {
      text: '',
      calls: [{ name: 'status', arguments: {}, policy: POLICY, requires: { id: { tool: 'find', field: 'id' } } }],
      toolbox: { find: { policy: POLICY } },
    },
  ],
  picks: [0],
};
/** Home had told that the turn ran out of time, and its record has not come to anything yet. */
const EXPIRED_CUT: BargeIn = {
  ...{ id: 'one', number: 1, settled: ['think:1'], begun: ['tool:1:0:status.req:find'] },
  ...{ said: [], answers: false, ending: 'expired' },
};

test('messages: an account of a barge-in that is let through ends the turn once, whatever it says', () => {
  fc.assert(
    fc.property(playing, anyCut, fc.nat(20), ({ script, picks }, cut, after) => {
      assert.equal(interruptFault({ id: 'one', cut }), undefined);
      const { state, finishes } = playTurn(script, picks, { after, by: { type: 'interrupted', bargeIn: cut } });
      assert.deepEqual([state.finished, finishes], [true, 1]);
    }),
    { numRuns: 500, examples: [[begunByRequirement, EXPIRED_CUT, 0]] },
  );
});
