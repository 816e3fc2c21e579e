import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderFailure, type TextToSpeech } from 'legato';
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
  assert.equal(turn.heard, '');
  assert.deepEqual(turn.items.at(-1), {
    ...{ type: 'speech', speech: '1-1', kind: 'answer', text: 'Hello.' },
    ...{ heardText: '', degraded: true },
  });
  assert.equal(turn.degraded, true);
  assert.equal((await converse(shop, { model: ['Hello.'] }).say('Hi')).degraded, false);
});

test('fail: a voice that failed rests for 5 s by the test’s clock, and is heard again in the next turn after that', async () => {
  const talk = converse(shop, { model: ['One.', 'Two.', 'Three.'] });
  talk.fail('voice');
  await talk.say('Hi');
  await talk.wait(4_000);
  assert.equal((await talk.say('And?')).heard, '');
  await talk.wait(1_000);
  assert.equal((await talk.say('And?')).heard, 'Three.');
});

test('fail: words that the voice did not say are not shown to the model as said, and those that it said are', async () => {
  let count = 0;
  const voice: TextToSpeech = {
    async *speak() {
      count += 1;
      if (count === 2) throw new ProviderFailure('Not this one', { retryable: false, refused: true });
      yield new Uint8Array(4_800);
    },
  };
  const talk = converse(shop, { model: ['Heard. Lost. Heard too.', 'Yes.'], voice });
  await talk.say('Hi');
  const { requests } = await talk.say('And?');
  const said = requests[0]?.messages.filter(({ role }) => role === 'assistant').map(({ text }) => text);
  assert.deepEqual(said, ['Heard. Heard too.']);
});

test('fail: a voice that fails once is asked again, and heard', async () => {
  const talk = converse(shop, { model: ['Hello.'] });
  talk.fail('voice', { times: 1 });
  const { heard, degraded } = await talk.say('Hi');
  assert.deepEqual([heard, degraded], ['Hello.', false]);
});

test('fail: with the voice down the agent’s fallback voice is heard, and with both down the words are text', async () => {
  const asked: string[] = [];
  const second: TextToSpeech = {
    async *speak({ voice, text }) {
      asked.push(`${voice}: ${text}`);
      yield new Uint8Array(4_800);
    },
  };
  const agent = shopWith([], { fallbackVoice: 'nova' });
  const talk = converse(agent, { model: ['Hello. Bye.', 'Nobody hears this.'], fallbackVoice: second });
  talk.fail('voice');
  const { heard, degraded } = await talk.say('Hi');
  assert.deepEqual([heard, degraded], ['Hello. Bye.', false]);
  assert.deepEqual(asked, ['nova: Hello.', 'nova: Bye.']);
  talk.fail('fallbackVoice');
  assert.deepEqual([(await talk.say('And?')).heard, talk.last.degraded], ['', true]);
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
