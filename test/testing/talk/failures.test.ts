import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, converse, ScriptError } from 'legato/testing';
import { shop, shopWith } from './shop.ts';

test('fail: with the model down the caller hears the apology, and the next turn is answered', async () => {
  const talk = converse(shopWith([], { apology: 'I am sorry.' }), { model: ['Hello.'] });
  talk.fail('model');
  const turn = await talk.say('Hi');
  assert.equal(turn.outcome, 'failed');
  assert.equal(turn.heard, 'I am sorry.');
  assert.equal((await talk.say('Hi again')).heard, 'Hello.');
});

test('fail: a model that fails once is asked again', async () => {
  const talk = converse(shop, { model: ['Hello.'] });
  talk.fail('model', { times: 1 });
  assert.equal((await talk.say('Hi')).outcome, 'answered');
});

test('fail: with the voice down the words go out as text', async () => {
  const talk = converse(shop, { model: ['Hello.'] });
  talk.fail('voice');
  const turn = await talk.say('Hi');
  assert.equal(turn.heard, 'Hello.');
  assert.equal(turn.degraded, true);
  assert.equal((await converse(shop, { model: ['Hello.'] }).say('Hi')).degraded, false);
});

test('script: a list that is too short fails the test, with what was asked', async () => {
  const talk = converse(shop, { model: [call('find_order', { order_id: '1' })] });
  await assert.rejects(talk.say('Where?'), (error: Error) => {
    assert.match(error.message, /has 1 replies, and the model was asked once more, in round 2 after 'Where\?'; add/);
    return error instanceof ScriptError;
  });
});

test('converse: what is no agent is refused at once', () => {
  assert.throws(() => converse({} as never, { model: [] }), /must be what 'defineAgent' returns/);
});
