import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPlayer } from '../../../cli/play/find-player.ts';
import { Speaker } from '../../../cli/play/speaker.ts';
import { createFakePlayer } from './fake-player.ts';

const audio = (speech: string, text: string) =>
  ({ type: 'speech.audio', speech, index: 0, pcm: Buffer.from(text) }) as const;
const finished = (speech: string) => ({ type: 'speech.finished', speech }) as const;

async function openSpeaker(path: string) {
  const troubles: string[] = [];
  const speaker = new Speaker({ player: await findPlayer(path), onTrouble: (why) => troubles.push(why) });
  return { speaker, troubles };
}

for (const name of ['aplay', 'ffplay', 'afplay'] as const) {
  test(`speaker: ${name} gets the frames of each speech in their order`, async () => {
    using player = createFakePlayer(name);
    const { speaker, troubles } = await openSpeaker(player.path);
    speaker.take('turn', audio('1-1', 'One '));
    speaker.take('turn', audio('1-1', 'moment.'));
    speaker.take('turn', finished('1-1'));
    speaker.take('turn', audio('2-1', 'Here.'));
    speaker.take('turn', finished('2-1'));
    await speaker.silent;
    assert.deepEqual(player.played().map(String), ['One moment.', 'Here.']);
    assert.deepEqual(troubles, []);
  });
}

test('speaker: a speech of another turn waits until the one that plays has ended', async () => {
  using player = createFakePlayer('aplay');
  const { speaker } = await openSpeaker(player.path);
  speaker.take('one', audio('1-1', 'One '));
  speaker.take('two', audio('1-1', 'Two.'));
  speaker.take('two', { type: 'turn.finished' });
  speaker.take('one', audio('1-1', 'after one.'));
  speaker.take('one', { type: 'turn.finished' });
  await speaker.silent;
  assert.deepEqual(player.played().map(String), ['One after one.', 'Two.']);
});

test('speaker: a turn that is interrupted is silent at once, and what comes late of it is not played', async () => {
  using player = createFakePlayer('aplay');
  const { speaker, troubles } = await openSpeaker(player.path);
  speaker.take('one', audio('1-1', 'One'));
  speaker.take('two', audio('1-1', 'Two.'));
  speaker.take('one', { type: 'turn.interrupted' });
  speaker.take('one', audio('1-1', 'late'));
  speaker.take('two', finished('1-1'));
  await speaker.silent;
  assert.equal(player.isRunning(), false);
  assert.equal(player.played().map(String).at(-1), 'Two.');
  assert.doesNotMatch(player.played().map(String).join(), /late/);
  assert.deepEqual(troubles, []);
});

test('speaker: disposed of in mid-speech it leaves no player behind', async () => {
  using player = createFakePlayer('aplay');
  const { speaker } = await openSpeaker(player.path);
  speaker.take('one', audio('1-1', 'One'));
  speaker[Symbol.dispose]();
  await speaker.silent;
  assert.equal(player.isRunning(), false);
});

test('speaker: a player that fails is reported once, with its own words, and later speech is dropped', async () => {
  using player = createFakePlayer('aplay', "#!/bin/sh\necho 'no sound card' >&2\nexit 1\n");
  const { speaker, troubles } = await openSpeaker(player.path);
  speaker.take('one', audio('1-1', 'One'));
  await speaker.silent;
  speaker.take('one', audio('1-2', 'Two'));
  await speaker.silent;
  assert.deepEqual(troubles, ["'aplay' ended with code 1: no sound card"]);
});

test('find player: aplay and ffplay, which play a stream, come before afplay', async () => {
  using files = createFakePlayer('afplay');
  using stream = createFakePlayer('ffplay');
  assert.equal((await findPlayer(`${files.path}:${stream.path}`)).name, 'ffplay');
  assert.equal((await findPlayer(files.path)).name, 'afplay');
});

test('find player: without one the error names the three', async () => {
  await assert.rejects(findPlayer('/nowhere'), /none of 'aplay', 'afplay' and 'ffplay' is on the PATH; install/);
});
