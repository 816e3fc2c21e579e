import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packHistory } from '../../../contract/history.ts';
import { HomeCommandsHere } from '../../../live/turns/home-commands.ts';
import { LiveTurns } from '../../../live/turns/live-turns.ts';
import { MemoryStream } from '../../../stream/memory.ts';
import { TestClock } from '../../test-clock.ts';
import { textInput } from '../../text-input.ts';
import { noMetadata } from '../../metadata.ts';
import { HandVoice } from '../speech/hand-voice.ts';

const START = {
  ...({ conversationId: 'c', agent: 'a', input: textInput('Hi'), modality: 'audio', number: 1, home: 'here' } as const),
  terms: { deadlineMs: 30_000, maxRounds: 6, apology: 'Sorry.' },
  history: packHistory([]),
};

/** A turn that is being spoken: one sentence of 1 s. */
async function speakTurn(playout: { readonly playout?: 'client' } = {}) {
  const clock = new TestClock();
  const stream = new MemoryStream({}, clock);
  const textToSpeech = new HandVoice();
  textToSpeech.whole('Yes, of course.', 1_000);
  const turns = new LiveTurns({
    voice: { textToSpeech, name: 'alloy', patienceMs: 60_000 },
    ...{ clock, stream, recordBargeIn: () => Promise.resolve('recorded' as const) },
  });
  const turn = turns.open({ id: 't', start: { ...START, ...playout }, before: () => [], metadata: noMetadata });
  turn.acknowledge();
  const speech = turn.voice.begin('1-1', (event) => turn.publish('think:1', event));
  speech.say('Yes, of course.');
  speech.end('answer');
  await clock.advance(100);
  const leave = (): void => {
    turns.forget('t');
    stream[Symbol.dispose]();
  };
  return { turn, turns, commands: new HomeCommandsHere(turns), [Symbol.dispose]: leave };
}

test('home commands: an interrupt has silenced the turn when it returns, before its answer is there', async () => {
  using home = await speakTurn();
  const { turn, commands } = home;
  assert.equal(turn.voice.current, '1-1');
  const answer = commands.interrupt('t', { id: 'stop' });
  assert.deepEqual([turn.voice.current, turn.bargeIn?.id], [undefined, 'stop']);
  assert.deepEqual(await answer, {
    interrupted: true,
    heardText: turn.bargeIn?.said[0]?.voiced?.heardText ?? '',
    recorded: true,
  });
});

test('home commands: an interrupt of a speech that the turn does not have cuts nothing', async () => {
  using home = await speakTurn();
  assert.equal(await home.commands.interrupt('t', { id: 'stop', speech: '9-1' }), 'unknown_speech');
  assert.equal(home.turn.voice.current, '1-1');
});

test('home commands: a report counts where the client plays, and says why not elsewhere', async () => {
  const played = { speech: '1-1', positionMs: 40, state: 'playing' } as const;
  using client = await speakTurn({ playout: 'client' });
  const counted = await client.commands.report('t', played);
  const unknown = await client.commands.report('t', { ...played, speech: '9-1' });
  using assumed = await speakTurn();
  const refused = await assumed.commands.report('t', played);
  assert.deepEqual([counted, unknown, refused], [{ speech: '1-1', heardMs: 40 }, 'unknown_speech', 'playout_assumed']);
});

test('home commands: a turn that is not open here, or was refused, is elsewhere', async () => {
  using home = await speakTurn();
  const { turns, commands } = home;
  turns
    .open({ id: 'refused', start: { ...START, conversationId: 'other' }, before: () => [], metadata: noMetadata })
    .refuse();
  const played = { speech: '1-1', positionMs: 40, state: 'playing' } as const;
  for (const id of ['nowhere', 'refused']) {
    assert.equal(await commands.interrupt(id, { id: 'stop' }), 'elsewhere');
    assert.equal(await commands.report(id, played), 'elsewhere');
  }
  turns.forget('refused');
});
