import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passGate } from '../../../live/calls/gate.ts';
import type { LiveSpeech } from '../../../live/speech/live-speech.ts';

/** A speech whose moments are said by hand. */
function createSpeech() {
  const [started, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const speech = { started: started.promise, over: over.promise } as unknown as LiveSpeech;
  return { speech, start: started.resolve, end: over.resolve };
}

const { signal } = new AbortController();

test('gate: each one opens at its moment of the speech, and not before', async () => {
  const { speech, start, end } = createSpeech();
  const passed: string[] = [];
  const waiting = (['after_speech', 'after_speech_starts', 'at_once'] as const).map((gate) =>
    passGate(gate, speech, signal).then(() => passed.push(gate)),
  );
  await waiting[2];
  assert.deepEqual(passed, ['at_once']);
  start();
  await waiting[1];
  assert.deepEqual(passed, ['at_once', 'after_speech_starts']);
  end();
  await Promise.all(waiting);
  assert.deepEqual(passed, ['at_once', 'after_speech_starts', 'after_speech']);
});

test('gate: it is open where there is no speech', async () => {
  await passGate('after_speech', undefined, signal);
});

test('gate: a call that is cancelled while it waits, or in the tick in which the gate opens, does not pass (I1)', async () => {
  for (const opens of [false, true]) {
    const { speech, start } = createSpeech();
    const cancel = new AbortController();
    const waiting = passGate('after_speech_starts', speech, cancel.signal);
    if (opens) start();
    cancel.abort(new Error('cancelled'));
    await assert.rejects(waiting, /cancelled/);
  }
});
