import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertThat, call, converse, type Rule } from 'legato/testing';
import { ProviderFailure } from '../../../providers/failure.ts';
import type { ModelRequest } from '../../../providers/model.ts';
import { createRepliesModel } from '../../../providers/replies/replies-model.ts';
import { shop } from '../../testing/talk/shop.ts';

let unmatched = 0;
const modelOf = (rules: readonly Rule[]) =>
  createRepliesModel({ rules, path: 'here/replies.ts', onUnmatched: () => void (unmatched += 1) });

function requestOf(text: string): ModelRequest {
  return { model: 'm', messages: [{ role: 'user', text }], tools: [], toolChoice: 'auto' };
}

async function replyTo(text: string, rules: readonly Rule[]): Promise<string> {
  let words = '';
  for await (const chunk of modelOf(rules).reply(requestOf(text), new AbortController().signal)) {
    words += chunk.type === 'text' ? chunk.text : '';
  }
  return words;
}

test('replies: a turn is answered by the rule that fits, with what the tool gave', async () => {
  const model = modelOf([
    {
      when: 'order',
      reply: [
        call('find_order', { order_id: '4003' }),
        ({ results }) => `It is ${JSON.stringify(results.find_order)}.`,
      ],
    },
  ]);
  const turn = await converse(shop, { model }).say('Where is my order?');
  assertThat(turn).called('find_order', { order_id: '4003' }).heard('It is {"status":"shipped"}.').ended('answered');
});

test('replies: words without a rule get an answer that says which, and where to add one', async () => {
  unmatched = 0;
  const words = await replyTo('Good morning', [{ when: 'order', reply: 'No.' }]);
  assert.equal(words, 'I am sorry, I have no reply yet to “Good morning”. Please add a rule for it to replies.ts.');
  assert.equal(unmatched, 1);
  assert.match(await replyTo('word '.repeat(100), []), /^I am sorry, I have no reply yet to “(word ){20}…”\./);
  assert.match(await replyTo('', []), /no reply yet to the beginning of a conversation\./);
});

const broken: [title: string, reply: Rule['reply'], cause: RegExp][] = [
  [
    'throws',
    () => {
      throw new TypeError('no such field');
    },
    /^no such field$/,
  ],
  ['gives nothing', () => undefined as never, /gives no reply in round 1: got undefined; a reply is words/],
  ['gives a promise', async () => 'Later.', /got a promise/],
];
for (const [title, reply, cause] of broken) {
  test(`replies: a rule that ${title} is a failure of the model with its cause, which is not retried`, async () => {
    await assert.rejects(replyTo('Hello', [{ reply }]), (error) => {
      assert.ok(error instanceof ProviderFailure && error.cause instanceof Error);
      assert.match(error.message, /^A rule of 'here\/replies.ts' failed; correct it$/);
      assert.match(error.cause.message, cause);
      return !error.retryable;
    });
  });
}

test('replies: an aborted request ends while the rule lets it wait', async () => {
  const aborting = new AbortController();
  const pieces = [{ text: 'One ' }, { text: 'two.', afterMs: 3_600_000 }];
  const words: unknown[] = [];
  await assert.rejects(async () => {
    for await (const chunk of modelOf([{ reply: { pieces } }]).reply(requestOf('Count'), aborting.signal)) {
      words.push(chunk);
      aborting.abort(new Error('The caller speaks'));
    }
  }, /The caller speaks/);
  assert.deepEqual(words, [{ type: 'text', text: 'One ' }]);
});
