import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packHistory } from '../../../contract/history.ts';
import { PhraseChoice, sayFillers } from '../../../live/speech/fillers.ts';
import { LiveTurns } from '../../../live/turns/live-turns.ts';
import { MemoryStream } from '../../../stream/memory.ts';
import { TestClock, whereWaits } from '../../test-clock.ts';
import { HandVoice } from './hand-voice.ts';
import { noMetadata } from '../../metadata.ts';
import { textInput } from '../../text-input.ts';

const INPUT = {
  ...({ conversationId: 'c', agent: 'a', input: textInput('Hi'), modality: 'audio', number: 1, home: 'here' } as const),
  terms: { deadlineMs: 30_000, maxRounds: 6, apology: 'Sorry.' },
  history: packHistory([]),
};

test('filler: none is said where the result waits to be read at its time', async () => {
  const testClock = new TestClock();
  const settled = new AbortController();
  const clock = whereWaits(testClock, 1_000, () => settled.abort());
  using stream = new MemoryStream({}, clock);
  const textToSpeech = new HandVoice();
  textToSpeech.whole('One moment.', 500);
  const voice = { textToSpeech, name: 'alloy', patienceMs: 60_000 };
  const turns = new LiveTurns({ voice, clock, stream, recordBargeIn: () => Promise.resolve('gone' as const) });
  const turn = turns.open({ id: 't', start: INPUT, before: () => [], metadata: noMetadata });
  turn.acknowledge();
  const waiting = { turn, aside: { round: 1 }, publish: () => undefined, signal: settled.signal };
  const saying = sayFillers([{ afterMs: 1_000, say: ['One moment.'] }], waiting);
  await testClock.advance(2_000);
  assert.deepEqual([await saying, turn.voice.said], [[], []]);
  turns.forget('t');
});

const FIRST = 'turn-1/1';
const NEXT = 'turn-2/1';

for (const { title, asked, chosen } of [
  {
    title: 'a list is gone through in its order, and begun again',
    asked: [FIRST, FIRST, FIRST, NEXT].map((place) => ({ phrases: ['One', 'Two', 'Three'], place })),
    chosen: ['One', 'Two', 'Three', 'One'],
  },
  {
    title: 'a sole phrase is said at each slow call, and once at one place',
    asked: [FIRST, FIRST, NEXT, NEXT].map((place) => ({ phrases: ['One moment'], place })),
    chosen: ['One moment', undefined, 'One moment', undefined],
  },
  {
    title: 'the phrase that was said last is not chosen where there is another',
    asked: [
      { phrases: ['Still looking'], place: FIRST },
      { phrases: ['Still looking', 'Almost there'], place: NEXT },
    ],
    chosen: ['Still looking', 'Almost there'],
  },
]) {
  test(`phrase choice: ${title}`, () => {
    const choice = new PhraseChoice();
    assert.deepEqual(
      asked.map(({ phrases, place }) => choice.choose(phrases, place)),
      chosen,
    );
  });
}
