import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Speech } from '../../contract/rounds.ts';
import type { Round } from '../../turn/call.ts';
import { heardIn, heardOf, transcript } from '../../turn/transcript.ts';
import { textInput } from '../text-input.ts';

const heard = (speech: string, heardText?: string, kind: Speech['kind'] = 'answer'): Speech => ({
  ...{ speech, kind, text: 'One two three.' },
  ...(heardText !== undefined && { voiced: { heardText, durationMs: 100 } }),
});
const round = (number: number, ...speeches: readonly Speech[]): Round => ({ round: number, speeches, calls: [] });

test('heard words: they are those of all speeches of the turn, in the order of its transcript', () => {
  const asides = [heard('1-3', 'Still there.', 'filler'), heard('1-4', 'It failed.', 'apology')];
  const rounds = [round(1, heard('1-1', 'Let me look.', 'preamble'), ...asides), round(2, heard('2-1', 'Here'))];
  assert.equal(heardOf(rounds, []), 'Let me look. Still there. It failed. Here');
  assert.equal(heardIn(transcript(textInput('Hi'), rounds)), 'Let me look. Still there. It failed. Here');
});

test('heard words: a speech that was cut before its first word, or is still to be said, adds nothing', () => {
  const rounds = [round(1, heard('1-1', 'Let me', 'preamble'), heard('1-3', '', 'filler')), round(2, heard('2-1'))];
  assert.equal(heardOf(rounds, []), 'Let me');
  assert.equal(heardOf([], []), '');
});

test('heard words: what home tells counts where the record does not have the speech, or its round, yet', () => {
  const said = [heard('2-1', 'Here'), heard('1-1', 'Let me look.', 'preamble'), heard('1-3', 'Still', 'filler')];
  assert.equal(heardOf([round(1, heard('1-1', undefined, 'preamble'))], said), 'Let me look. Still Here');
  assert.equal(heardOf([], said), 'Let me look. Still Here');
});

test('heard words: of a speech that home knows nothing of, what the record has of it counts', () => {
  const rounds = [round(1, heard('1-1', 'Let me look.', 'preamble')), round(2, heard('2-1'))];
  assert.equal(heardOf(rounds, [heard('2-1', 'Here')]), 'Let me look. Here');
});
