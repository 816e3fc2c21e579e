import assert, { AssertionError } from 'node:assert/strict';
import { test } from 'node:test';
import { assertThat, call, converse, type TestedTurn, type TurnAssertions } from 'legato/testing';
import { shop } from '../talk/shop.ts';

const model = [
  { text: 'Let me see.', calls: [call('find_order', { order_id: '4003' }), call('find_order', { order_id: '' })] },
  'It was shipped.',
];
const turn = await converse(shop, { model }).say('Where is my order?');

test('assertThat: facts that hold can stand one after the other', () => {
  assertThat(turn)
    .called('find_order')
    .called('find_order', { order_id: /^400/ })
    .calledOnly('find_order', 'find_order')
    .didNotCall('refund')
    .got('find_order', { status: 'shipped' })
    .heard('Let me see. It was shipped.')
    .didNotHear(/refund/)
    .prompted(/shipped/)
    .spokeWithin(0)
    .ended('answered');
});

const WRONG: readonly [claim: (that: TurnAssertions) => unknown, message: RegExp][] = [
  [
    (that) => that.called('refund'),
    /^Expected a turn that called 'refund' with {}; called were 'find_order', 'find_or/,
  ],
  [(that) => that.called('find_order', { order_id: '1' }), /; it was called with {"order_id":"4003"}, {"order_id":""}/],
  [(that) => that.didNotCall('find_order'), /did not call 'find_order'; it was called with {"order_id":"4003"}/],
  [(that) => that.calledOnly('find_order'), /called only \["find_order"\]; called were 'find_order', 'find_order'/],
  [
    (that) => that.got('find_order', { status: /^lost/ }),
    /got {"status":"\/\^lost\/"} from .*; it gave {"status":"shipp/,
  ],
  [(that) => that.failed('find_order', 'timed_out'), /failed in 'find_order' as timed_out; it gave/],
  [(that) => that.heard(/lost/), /let the caller hear \/lost\/; heard was 'Let me see. It was shipped.'/],
  [(that) => that.didNotHear('shipped'), /did not let the caller hear 'shipped'; heard was/],
  [(that) => that.ended('failed'), /ended as failed; it ended as answered/],
  [(that) => that.spokeWithin(-1), /spoke within -1 ms; it spoke after 0 ms/],
  [(that) => that.prompted('secret'), /showed the model 'secret'; the prompt was \["Help\."/],
];
for (const [claim, message] of WRONG) {
  test(`assertThat: what does not hold is told with what is so: ${message.source}`, () => {
    assert.throws(() => claim(assertThat(turn)), { name: 'AssertionError', message });
  });
}

test('assertThat: a failure shows the lines of the turn and its timeline', () => {
  const failed = failureOf(turn);
  assert.match(failed.message, /The turn after 'Where is my order\?':\n {7}0 ms {2}caller {4}Where is my order\?/);
  assert.match(failed.message, /\n {2}think:1 .* at +0 ms {2}for +0 ms {2}▒/);
  assert.match(failed.message, /answer \(2-1\) .*█/);
  assert.equal(failed.expected, 'failed');
  assert.equal(failed.actual, 'answered');
});

function failureOf(failing: TestedTurn): AssertionError {
  try {
    assertThat(failing).ended('failed');
  } catch (error) {
    if (error instanceof AssertionError) return error;
  }
  throw new Error('It did not fail');
}
