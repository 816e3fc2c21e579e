import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call } from 'legato/testing';
import { rulesFaults } from '../../../providers/replies/check-rules.ts';

const A_REPLY = "a reply is words, call('name', { … }), or an object with 'text', 'calls' or 'pieces'";
const FOREVER =
  "rule 1 ends with a call, which would be made again and again; add the words that follow it: [call(…), 'words']";

test('rules: words, patterns, conditions and functions are taken', () => {
  const rules = [
    { when: 'refund', reply: [call('refund', { order_id: '1' }), 'It is paid back.'] },
    { when: /order/, reply: () => 'It was shipped.' },
    { when: () => true, reply: { pieces: [{ text: 'One ' }, { call: call('find_order') }], afterMs: 10 } },
    { reply: 'How can I help?' },
  ];
  assert.deepEqual(rulesFaults(rules), []);
});

const faulty: [title: string, value: unknown, fault: string][] = [
  [
    'an object is no list',
    { reply: 'Hi.' },
    "it must be a list of rules, e.g. [{ when: 'hello', reply: 'Good morning.' }]; got a value of type object",
  ],
  ['words are no rule', ['Hi.'], "rule 1 is a reply without a rule; write { when: 'words of the caller', reply: … }"],
  [
    'a call is no rule',
    [call('find_order')],
    "rule 1 is a reply without a rule; write { when: 'words of the caller', reply: … }",
  ],
  ['null is no rule', [null], "rule 1 must be an object with 'when' and 'reply'; got null"],
  ['a rule has a reply', [{ when: 'hello' }], "rule 1 has no 'reply'"],
  ['a rule has a reply in its list', [{ reply: [] }], "rule 1 has an empty list as 'reply'; add words"],
  [
    'a number is no condition',
    [{ when: 7, reply: 'Hi.' }],
    "rule 1 has a 'when' that is a value of type number; it must be words, a pattern or a function",
  ],
  ['a number is no reply', [{ reply: [7, 'Hi.'] }], `rule 1 has a 'reply' that is a value of type number; ${A_REPLY}`],
  [
    'an object without words is no reply',
    [{ reply: {} }],
    `rule 1 has a 'reply' that is a value of type object; ${A_REPLY}`,
  ],
  ['a call needs words after it', [{ reply: call('find_order') }], FOREVER],
  ['calls need words after them', [{ reply: [{ calls: [call('find_order')] }] }], FOREVER],
  ['pieces with a call need words after them', [{ reply: { pieces: [{ call: call('find_order') }] } }], FOREVER],
];
for (const [title, value, fault] of faulty) {
  test(`rules: ${title}`, () => assert.deepEqual(rulesFaults(value), [fault]));
}

test('rules: every fault is told, each with the number of its rule', () => {
  const faults = rulesFaults([{ reply: 'Hi.' }, { when: 1 }, 'Hello.']);
  assert.deepEqual(
    faults.map((fault) => fault.slice(0, 6)),
    ['rule 2', 'rule 2', 'rule 3'],
  );
});
