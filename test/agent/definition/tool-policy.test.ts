import assert from 'node:assert/strict';
import { test } from 'node:test';
import { called } from '../../metadata.ts';
import { latest, refund, toolWith } from '../defined.ts';

const args = { order_id: '4010' };
const policyWith = (options: object, ...others: readonly object[]) =>
  toolWith(options, ...others).policyFor(args, called);

test('policy: every default of a read is filled in', () => {
  assert.deepEqual(policyWith({}), {
    effect: 'read',
    timeoutMs: 2000,
    budgetMs: 3000,
    attempts: 2,
    firstDelayMs: 100,
    start: 'at_once',
    fillers: [],
    onBargeIn: 'cancel',
    cacheMs: 0,
    thread: false,
  });
});

test('policy: a write waits for the speech to start, and has one attempt', () => {
  const policy = toolWith(refund).policyFor(args, called);
  assert.deepEqual([policy.effect, policy.start, policy.attempts], ['write', 'after_speech_starts', 1]);
});

test('policy: a write that has begun goes on when the caller speaks, unless it blocks', () => {
  assert.equal(policyWith({ effect: 'write' }).onBargeIn, 'continue');
  assert.equal(policyWith({ effect: 'write', onBargeIn: 'block' }).onBargeIn, 'block');
  assert.equal(policyWith({ onBargeIn: 'continue' }).onBargeIn, 'continue');
});

test('policy: a call says which group of workers runs it, where home does not', () => {
  assert.equal(policyWith({ worker: 'warehouse' }).worker, 'warehouse');
});

test('policy: what is given replaces the defaults', () => {
  const given = { timeoutMs: 5, budgetMs: 6, cacheMs: 7, thread: true };
  const policy = policyWith({ ...given, retry: { attempts: 3, firstDelayMs: 0 } });
  assert.deepEqual(policy, { ...policyWith({}), ...given, attempts: 3, firstDelayMs: 0 });
});

for (const effect of ['read', 'write']) {
  for (const start of ['at_once', 'after_speech_starts', 'after_speech']) {
    test(`policy: a ${effect} may start '${start}'`, () => {
      assert.equal(policyWith({ effect, start }).start, start);
    });
  }
}

test('policy: a write may say that it is not cached', () => {
  assert.equal(policyWith({ effect: 'write', cacheMs: 0 }).cacheMs, 0);
});

test('fillers: a phrase, a list, and a function of the arguments become lists', () => {
  const fillers = [
    { afterMs: 0, say: 'Still looking.' },
    { afterMs: 800, say: ['Hm.', 'One second.'] },
    { afterMs: 900, say: ({ order_id }: typeof args) => `Looking for ${order_id}.` },
    { afterMs: 1000, say: ({ order_id }: typeof args) => [`Order ${order_id}.`, 'Nearly there.'] },
  ];
  assert.deepEqual(policyWith({ fillers }).fillers, [
    { afterMs: 0, say: ['Still looking.'] },
    { afterMs: 800, say: ['Hm.', 'One second.'] },
    { afterMs: 900, say: ['Looking for 4010.'] },
    { afterMs: 1000, say: ['Order 4010.', 'Nearly there.'] },
  ]);
});

const nonsense: [title: string, say: () => unknown][] = [
  [
    'throws',
    () => {
      throw new Error('no words');
    },
  ],
  ['returns nothing', () => undefined],
  ['returns no words', () => ' '],
  ['returns an empty list', () => []],
  ['returns a number', () => 5],
  ['returns a list with a number in it', () => ['Hm.', 5]],
  ['returns a promise that is rejected', () => Promise.reject(new Error('no words'))],
];
for (const [title, say] of nonsense) {
  test(`fillers: one whose function ${title} is left out, and the others stay`, () => {
    const fillers = [
      { afterMs: 500, say },
      { afterMs: 800, say: 'Hm.' },
    ];
    assert.deepEqual(policyWith({ fillers }).fillers, [{ afterMs: 800, say: ['Hm.'] }]);
  });

  test(`onFailure: words whose function ${title} are left out, and the hint stays`, () => {
    assert.deepEqual(policyWith({ onFailure: { say, guide: 'Offer to call back' } }).onFailure, {
      guide: 'Offer to call back',
    });
  });
}

test('onFailure: words are a phrase, a list, or a function of the arguments', () => {
  const wordsOf = (say: unknown) => policyWith({ onFailure: { say } }).onFailure;
  assert.deepEqual(wordsOf('Sorry.'), { say: ['Sorry.'] });
  assert.deepEqual(wordsOf(['Sorry.', 'Oh no.']), { say: ['Sorry.', 'Oh no.'] });
  assert.deepEqual(
    wordsOf(({ order_id }: typeof args) => `I cannot find ${order_id}.`),
    { say: ['I cannot find 4010.'] },
  );
  assert.deepEqual(policyWith({ onFailure: {} }).onFailure, {});
});

test('onFailure: a fallback has the policy of its own tool, for the same arguments, and its own fallback', () => {
  const say = ({ order_id }: typeof args) => `Nothing on ${order_id}.`;
  const cached = { ...latest, name: 'cached', timeoutMs: 50, onFailure: { say, fallback: 'stale' } };
  const stale = { ...latest, name: 'stale', cacheMs: 9 };
  const { onFailure } = policyWith({ onFailure: { fallback: 'cached' } }, cached, stale);
  assert.deepEqual(onFailure?.fallback, {
    name: 'cached',
    policy: {
      ...policyWith({}),
      timeoutMs: 50,
      onFailure: {
        say: ['Nothing on 4010.'],
        fallback: { name: 'stale', policy: { ...policyWith({}), cacheMs: 9 } },
      },
    },
  });
});

test('policy: it is plain data, as it travels to the workflow', () => {
  const fillers = [{ afterMs: 5, say: () => 'Hm.' }];
  const policy = policyWith({ fillers, onFailure: { say: () => 'Oh.', fallback: 'latest_order' } }, latest);
  assert.deepEqual(structuredClone(policy), policy);
});
