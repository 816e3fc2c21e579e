import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packHistory } from '../../../contract/history.ts';
import { LiveTurns } from '../../../live/turns/live-turns.ts';
import { MemoryStream } from '../../../stream/memory.ts';
import type { NewEvent } from '../../../stream/turn-stream.ts';
import { TestClock } from '../../test-clock.ts';
import { HandVoice } from '../speech/hand-voice.ts';
import { noMetadata } from '../../metadata.ts';
import { textInput } from '../../text-input.ts';

const INPUT = {
  ...({ conversationId: 'c', agent: 'a', input: textInput('Hi'), modality: 'audio', number: 1, home: 'here' } as const),
  terms: { deadlineMs: 30_000, maxRounds: 6, apology: 'Sorry.' },
  history: packHistory([]),
};
const FINISHED: NewEvent = { type: 'turn.finished', outcome: 'answered', degraded: false, text: 'Yes.' };

test('held events: they count from the post, and what Temporal has held up has the time at which it happened', async () => {
  const clock = new TestClock();
  const voice = new HandVoice();
  voice.whole('Yes.', 200);
  using stream = new MemoryStream({}, clock);
  const turns = new LiveTurns({
    voice: { textToSpeech: voice, name: 'alloy', patienceMs: 60_000 },
    ...{ clock, stream, recordBargeIn: () => Promise.resolve('gone' as const) },
  });
  await clock.advance(1_000);
  const postedMs = clock.nowMs();
  await clock.advance(43);
  const turn = turns.open({ id: 't', start: INPUT, before: () => [], metadata: noMetadata, startedMs: postedMs });
  turn.announce();
  const speech = turn.voice.begin('1-1', (event) => turn.publish('think:1', event));
  speech.say('Yes.');
  speech.end('answer');
  await clock.advance(20);
  turn.publish('think:1', { type: 'step.started', step: 'think:1', kind: 'think', attempt: 1 });
  await clock.advance(37);
  stream.open(turn.streamed, turn.startedMs);
  turn.acknowledge();
  await clock.advance(250);
  stream.publish({ turnId: 't', step: 'close', epoch: 0 }, FINISHED);
  const events = await Array.fromAsync(stream.subscribe('t'));
  assert.deepEqual(
    events.map(({ type, atMs }) => [type, atMs]),
    [
      ['turn.started', 43],
      ['step.started', 63],
      ['speech.started', 100],
      ['speech.sentence', 100],
      ['speech.finished', 300],
      ['turn.finished', 350],
    ],
  );
  turns.forget('t');
});
