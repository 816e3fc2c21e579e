import fc from 'fast-check';
import type { JointSetting, Moment } from './joint-conversation.ts';
import { READS, WRITES, type AskedCall, type Reply, type ScriptedTurn } from './scripted-agent.ts';

// Conversations of one or two turns, of all kinds: graphs of reads and writes, replies that break off, deadlines, callers
// who speak, operators who terminate.

const call: fc.Arbitrary<AskedCall> = fc.record({
  name: fc.constantFrom(...READS, ...WRITES),
  id: fc.constantFrom('1', '2', '3'),
  preamble: fc.constantFrom('', 'One moment, please.'),
});
const reply: fc.Arbitrary<Reply> = fc.record({
  text: fc.constantFrom('', 'Let me see. It takes a moment.'),
  calls: fc.array(call, { minLength: 1, maxLength: 3 }),
  firstIndex: fc.constantFrom(0, 0, 1),
});
const broken = fc.tuple(reply, fc.nat(8)).map(([of, breaksAfter]): Reply => ({ ...of, breaksAfter }));
const tries = fc.oneof(
  { weight: 3, arbitrary: reply.map((only) => [only]) },
  { weight: 1, arbitrary: fc.tuple(broken, reply) },
  { weight: 1, arbitrary: broken.map((only) => [only]) },
);
const turn: fc.Arbitrary<ScriptedTurn> = fc.record({
  rounds: fc.array(tries, { maxLength: 2 }),
  deadlineMs: fc.oneof(
    { weight: 3, arbitrary: fc.constant(30_000) },
    { weight: 1, arbitrary: fc.integer({ min: 200, max: 3_000 }) },
  ),
});
const moments = (...whats: Moment['what'][]): fc.Arbitrary<Moment> =>
  fc.record({ at: fc.nat(80), what: fc.constantFrom(...whats), turn: fc.constantFrom(0, 1) });
const picks = fc.array(fc.nat(100), { minLength: 10, maxLength: 120 });

export const anyConversation: fc.Arbitrary<JointSetting> = fc.record({
  turns: fc.array(turn, { minLength: 1, maxLength: 2 }),
  moments: fc.array(moments('speak', 'speak', 'signal', 'terminate', 'post'), { maxLength: 3 }),
  picks,
});

/** Some of the tools run at tools-only workers. */
export const anyConversationElsewhere: fc.Arbitrary<JointSetting> = fc
  .tuple(anyConversation, fc.subarray([...READS, ...WRITES], { minLength: 1 }))
  .map(([setting, elsewhere]) => ({ ...setting, elsewhere }));

// Conversations of one kind, in which a fault of that kind shows sooner.

const blocking: ScriptedTurn = {
  rounds: [
    [{ text: 'Let me see. It takes a moment.', calls: [{ name: 'wait', id: '1', preamble: '' }], firstIndex: 0 }],
  ],
  deadlineMs: 30_000,
};

/** The caller speaks while a call goes on that is answered all the same, and once more. */
export const spokenTwice: fc.Arbitrary<JointSetting> = fc.record({
  turns: fc.constant([blocking]),
  moments: fc
    .tuple(fc.integer({ min: 10, max: 40 }), fc.integer({ min: 5, max: 40 }))
    .map(([first, then]): Moment[] => [
      { at: first, what: 'speak', turn: 0 },
      { at: first + then, what: 'speak', turn: 0 },
    ]),
  picks,
});

/** The caller speaks while a call runs that goes on all the same. */
export const spokenInto: fc.Arbitrary<JointSetting> = fc.record({
  turns: fc
    .constantFrom('order', 'watch')
    .map((name): ScriptedTurn[] => [
      { rounds: [[{ text: '', calls: [{ name, id: '1', preamble: '' }], firstIndex: 0 }]], deadlineMs: 30_000 },
    ]),
  moments: fc.integer({ min: 4, max: 30 }).map((at): Moment[] => [{ at, what: 'speak', turn: 0 }]),
  picks,
});

/** A turn is posted while one goes on that is still to answer, and that one is terminated. */
export const terminatedBefore: fc.Arbitrary<JointSetting> = fc.record({
  turns: fc.constant([blocking, { rounds: [], deadlineMs: 30_000 }]),
  moments: fc.tuple(fc.nat(20), fc.nat(20)).map(([posted, then]): Moment[] => [
    { at: posted, what: 'post', turn: 0 },
    { at: posted + then, what: 'terminate', turn: 0 },
  ]),
  picks,
});

/** A reply breaks off, and the next one asks for something else with the same arguments. */
export const askedAnew: fc.Arbitrary<JointSetting> = fc.record({
  turns: fc.tuple(call, call).map(([first, second]): ScriptedTurn[] => {
    const of = (one: AskedCall): Reply => ({ text: '', calls: [{ ...one, id: '1', preamble: '' }], firstIndex: 0 });
    return [{ rounds: [[{ ...of(first), breaksAfter: 2 }, of(second)]], deadlineMs: 30_000 }];
  }),
  moments: fc.constant([]),
  picks,
});

/** Work that takes about as long as it may. */
export const hurried: fc.Arbitrary<JointSetting> = fc.record({
  turns: fc
    .tuple(call, fc.integer({ min: 50, max: 1_500 }))
    .map(([one, deadlineMs]): ScriptedTurn[] => [
      { rounds: [[{ text: '', calls: [one], firstIndex: 0 }]], deadlineMs },
    ]),
  moments: fc.constant([]),
  picks,
});

const asking = (text: string, ...calls: readonly [name: string, id: string][]): Reply[] => [
  { text, calls: calls.map(([name, id]) => ({ name, id, preamble: '' })), firstIndex: 0 },
];

/** The record asks for a read in the tick in which the run that was begun ahead of it ends. */
export const endsAsTheRecordAsks: JointSetting = {
  turns: [{ rounds: [asking('Let me see. It takes a moment.', ['book', '1'], ['look', '1'])], deadlineMs: 30_000 }],
  moments: [],
  picks: [0, 21, 45, 21, 0, 3, 0, 0, 0, 0, 54, 0, 0, 0, 0, 0, 70, 0, 0],
};

/** The caller speaks while a call goes on that is answered all the same, and a write waits at its gate. */
export const spokenBeforeWrite: JointSetting = {
  turns: [
    {
      rounds: [
        asking('', ['look', '1'], ['look', '2'], ['order', '1']),
        asking('Let me see. It takes a moment.', ['wait', '3'], ['book', '1']),
      ],
      deadlineMs: 30_000,
    },
  ],
  moments: [{ at: 31, what: 'signal', turn: 0 }],
  picks: [0, 10, 0, 8, 0, 0, 7, 0, 82, 60, 3],
};
