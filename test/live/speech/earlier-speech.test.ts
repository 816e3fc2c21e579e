import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BegunSpeech } from '../../../contract/steps.ts';
import { EarlierSpeech } from '../../../live/speech/earlier-speech.ts';

const sentences = [
  { text: 'One is said.', durationMs: 1_000, isWhole: true },
  { text: 'Two is under way.', durationMs: 500, isWhole: false },
];
const begun: BegunSpeech = { speech: '1-1', kind: 'answer', sentences };
const TEXT = 'One is said.\nTwo is under way. Three is not.';

test('earlier speech: its whole sentences are not said again, and the one that was under way is', () => {
  const earlier = new EarlierSpeech(begun, false);
  assert.equal(earlier.wholeText, 'One is said.');
  assert.equal(earlier.restOf(TEXT), '\nTwo is under way. Three is not.');
  assert.equal(earlier.restOf('Another answer.'), undefined);
  assert.equal(earlier.textWith(earlier.restOf(TEXT) ?? ''), 'One is said.\nTwo is under way. Three is not.');
});

test('earlier speech: readers are told that it ends with what was sent, which was heard by now', () => {
  const cut = new EarlierSpeech(begun, false).cutEvent;
  assert.ok(cut.type === 'speech.cut');
  assert.deepEqual([cut.speech, cut.durationMs, cut.heardMs], ['1-1', 1_500, 1_500]);
  assert.match(cut.heardText, /^One is said\. Two/);
});

test('earlier speech: where the client reports, as much was heard as it has reported, before or after the takeover', () => {
  const earlier = new EarlierSpeech({ ...begun, heardMs: 400 }, true);
  assert.equal(earlier.heardMs, 400);
  earlier.report({ positionMs: 300, state: 'playing' });
  assert.equal(earlier.heardMs, 400);
  earlier.report({ positionMs: 0, state: 'finished' });
  assert.equal(earlier.heardMs, 1_500);
});

test('earlier speech: with the rest of it, it is one speech of which nothing counts twice', () => {
  const earlier = new EarlierSpeech(begun, false);
  const whole = { heardText: 'Two is under way. Three is not.', durationMs: 2_000 };
  assert.deepEqual(earlier.voicedWith(whole), {
    heardText: 'One is said. Two is under way. Three is not.',
    durationMs: 3_000,
  });
  const cut = { heardText: 'Two is', durationMs: 2_000, heardMs: 200, interrupted: true } as const;
  assert.equal(earlier.voicedWith(cut).heardText, 'One is said. Two is');
  const unheard = { heardText: '', durationMs: 0, interrupted: true } as const;
  assert.match(earlier.voicedWith(unheard).heardText, /^One is said\. Two/);
});

test('earlier speech: the caller spoke while it played, after as much as the client says', () => {
  const earlier = new EarlierSpeech(begun, false);
  earlier.cut(300);
  const { voiced } = earlier.with(undefined);
  assert.deepEqual([voiced?.interrupted, voiced?.heardMs], [true, 300]);
  assert.equal(voiced?.heardText, 'One');
});

test('earlier speech: of one that a second home has gone on with, readers are told of the part that they know it by', () => {
  const third = { text: 'Three is said too.', durationMs: 700, isWhole: true };
  const again: BegunSpeech = {
    ...begun,
    sentences: [...sentences.slice(0, 1), third],
    rest: { speech: '1-3', from: 1 },
  };
  const earlier = new EarlierSpeech(again, false);
  const cut = earlier.cutEvent;
  assert.ok(cut.type === 'speech.cut');
  assert.deepEqual([cut.speech, cut.text, cut.durationMs, cut.heardMs], ['1-3', 'Three is said too.', 700, 700]);
  assert.equal(earlier.restOf('One is said. Three is said too. Four.'), ' Four.');
});
