import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpeechRequest, TextToSpeech } from 'legato';
import { converse } from 'legato/testing';
import { shopWith } from './shop.ts';

const model = ['Guten Tag.'];

/** A voice that keeps what it was asked for. */
function keep() {
  const asked: SpeechRequest[] = [];
  const voice: TextToSpeech = {
    async *speak(request) {
      asked.push(request);
      yield new Uint8Array(4_800);
    },
  };
  return { asked, voice };
}

test('converse: a voice of the test is asked in the agent’s manner and language, as in production', async () => {
  const { asked, voice } = keep();
  const agent = shopWith([], { voiceSpeed: 1.5, voiceInstructions: 'Warm', language: 'de-CH' });
  await converse(agent, { model, voice }).say('Hallo');
  const manner = { voice: 'alloy', language: 'de-CH', speed: 1.5, instructions: 'Warm' };
  assert.deepEqual(asked, [{ ...manner, text: 'Guten Tag.' }]);
});

test('converse: an agent’s own voice speaks, unless the test gives another one', async () => {
  const [own, other] = [keep(), keep()];
  const agent = shopWith([], { voice: own.voice });
  assert.equal((await converse(agent, { model }).say('Hallo')).heard, 'Guten Tag.');
  assert.deepEqual(own.asked, [{ text: 'Guten Tag.', voice: 'own', language: 'en' }]);
  await converse(agent, { model, voice: other.voice }).say('Hallo');
  await converse(agent, { model, voice: {} }).say('Hallo');
  await converse(agent, { model, voice: false }).say('Hallo');
  assert.deepEqual([own.asked.length, other.asked.length], [1, 1]);
});

test('converse: the voice is given words without marks, as they are pronounced; what was heard is as the model wrote it', async () => {
  const { asked, voice } = keep();
  const agent = shopWith([], { pronounce: [[/(\d+) €/, '$1 euros']] });
  const turn = await converse(agent, { model: ['**Oak lamp**: 89 € 🎉'], voice }).say('Hallo');
  assert.deepEqual(
    asked.map(({ text }) => text),
    ['Oak lamp: 89 euros'],
  );
  assert.equal(turn.heard, '**Oak lamp**: 89 € 🎉');
  assert.equal(turn.degraded, false);
});

for (const [what, piece] of [
  ['text', 'Guten Tag.'],
  ['a timing without a place', { endMs: 5 }],
] as const) {
  test(`converse: a voice of the test that gives ${what} has failed, and the words go out as text`, async () => {
    const voice: TextToSpeech = {
      async *speak() {
        yield piece as never;
      },
    };
    const turn = await converse(shopWith([]), { model, voice }).say('Hallo');
    assert.equal(turn.degraded, true);
    assert.equal(turn.heard, '');
  });
}

test('converse: a voice that is silent for as long as production waits has failed', async () => {
  const degraded = async (afterMs: number) =>
    (await converse(shopWith([]), { model, voice: { afterMs } }).say('Hi')).degraded;
  assert.deepEqual([await degraded(4_900), await degraded(5_100)], [false, true]);
});
