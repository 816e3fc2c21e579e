import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../properties.ts';
import { transcript } from '../../turn/transcript.ts';
import { bargeIns, picks, playing } from './random-turns.ts';
import { playAtHome, playFromHome } from './two-players.ts';
import { textInput } from '../text-input.ts';

test('I7: whatever order the record hears of it, a barge-in at any point gives it the transcript that home has', () => {
  fc.assert(
    fc.property(playing, bargeIns, picks, (played, cutting, another) => {
      const home = playAtHome(played, cutting);
      const record = playFromHome(home, another);
      assert.deepEqual(
        transcript(textInput('Hi'), record.state.rounds),
        transcript(textInput('Hi'), home.state.rounds),
      );
      assert.equal(record.state.ending, home.state.ending);
      assert.equal(record.state.finished, true);
      assert.equal(home.state.finished, true);
    }),
    { numRuns: 2_000 },
  );
});

test('barge-in: every call has one result, no step is begun twice, and what was heard begins what was said', () => {
  fc.assert(
    fc.property(playing, bargeIns, picks, (played, cutting, another) => {
      const home = playAtHome(played, cutting);
      const { state, commands } = playFromHome(home, another);
      const items = transcript(textInput('Hi'), state.rounds);
      const calls = items.flatMap((item) => (item.type === 'call' ? [item.call] : []));
      const results = items.flatMap((item) => (item.type === 'result' ? [item.call] : []));
      assert.deepEqual(results, calls);
      const begun = commands.flatMap((command) =>
        'step' in command && command.type !== 'cancel' ? [command.step] : [],
      );
      assert.equal(new Set(begun).size, begun.length);
      for (const item of items) if (item.type === 'speech') assert.ok(item.text.startsWith(item.heardText), item.text);
    }),
    { numRuns: 2_000 },
  );
});
