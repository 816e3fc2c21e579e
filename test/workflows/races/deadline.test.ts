import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as race from './race.ts';
import {
  ANSWER,
  asksFor,
  book,
  bargeInWith,
  deadline,
  ended,
  FOUND,
  look,
  MODEL_FAILED,
  OUT_OF_TIME,
  said,
} from './race.ts';

// The deadline's timer and something else, in one task. `ARCHITECTURE.md` has the same table.

const reading = [ended('think-1', asksFor(look))];
const writing = [ended('think-1', asksFor(book))];
const expired = { 'think:2': 'cancelled', 'voice:2:2': 'finished' };
const apologyCut = { result: { heardText: 'Sor', durationMs: 60, interrupted: true } };
const cutInApology = { result: bargeInWith({ said: [said('1-2', 'apology', 'Sor')], ending: 'expired' }) };

race.testRaces({
  'the result of a write and the deadline: the result is in the record, then the turn expires': {
    until: writing,
    meet: [ended('tool-1-0-book', FOUND), deadline],
    wins: {
      end: 'Turn.Expired',
      items: ['call', 'tool:1:0:book: "done"', 'apology: Sorry.'],
      steps: { 'think:1': 'finished', 'tool:1:0:book': 'finished', ...expired },
    },
  },
  'the result of a read and the deadline: the result is in the record, then the turn expires': {
    until: reading,
    meet: [ended('tool-1-0-look', FOUND), deadline],
    wins: {
      end: 'Turn.Expired',
      items: ['call', 'tool:1:0:look: "done"', 'apology: Sorry.'],
      steps: { 'think:1': 'finished', 'tool:1:0:look': 'finished', ...expired },
    },
  },
  'the failure of a write and the deadline: its outcome is unknown, then the turn expires': {
    until: writing,
    meet: [ended('tool-1-0-book', OUT_OF_TIME), deadline],
    wins: {
      end: 'Turn.Expired',
      items: ['call', 'tool:1:0:book: outcome_unknown', 'apology: Sorry.'],
      steps: { 'think:1': 'finished', 'tool:1:0:book': 'unknown', ...expired },
    },
  },
  'the failure of a read and the deadline: the read has failed, then the turn expires': {
    until: reading,
    meet: [ended('tool-1-0-look', OUT_OF_TIME), deadline],
    wins: {
      end: 'Turn.Expired',
      items: ['call', 'tool:1:0:look: failed', 'apology: Sorry.'],
      steps: { 'think:1': 'finished', 'tool:1:0:look': 'failed', ...expired },
    },
  },
  'the loss of a home with a write and the deadline: the outcome is unknown': {
    until: writing,
    meet: [ended('tool-1-0-book', { timeout: 'HEARTBEAT' }), deadline],
    home: { '2': { failure: 'Home.Lost' }, '3': { result: { home: 'other' } }, '4': { result: { home: 'other' } } },
    wins: { end: 'Turn.Expired', items: ['call', 'tool:1:0:book: outcome_unknown', 'apology: Sorry.'] },
  },
  'the answer of the model and the deadline: the turn is answered': {
    until: [],
    meet: [ended('think-1', ANSWER), deadline],
    wins: {
      end: 'answered',
      items: ['answer: That is all.'],
      steps: { 'think:1': 'finished', 'voice:1': 'finished' },
    },
  },
  'calls of the model and the deadline: the calls are in the record, and are cancelled': {
    until: [],
    meet: [ended('think-1', asksFor(look, book)), deadline],
    wins: {
      end: 'Turn.Expired',
      items: ['call', 'call', 'tool:1:0:look: cancelled', 'tool:1:1:book: cancelled', 'apology: Sorry.'],
    },
  },
  'the failure of the model and the deadline: the turn has failed': {
    until: [],
    meet: [ended('think-1', MODEL_FAILED), deadline],
    wins: { end: 'Turn.ModelFailed', items: ['apology: Sorry.'] },
  },
  'an account of a barge-in and the deadline: the turn is interrupted': {
    until: writing,
    meet: [race.account(bargeInWith({ begun: ['tool:1:0:book'] })), deadline],
    wins: {
      end: 'interrupted',
      items: ['call', 'tool:1:0:book: "done"'],
      answers: { x: { interrupted: true, heardText: '' } },
    },
  },
  'an account that a step brings and the deadline: the turn is interrupted': {
    until: [...writing, race.signal('x')],
    meet: [ended('cut-x', { result: bargeInWith({ begun: ['tool:1:0:book'] }) }), deadline],
    wins: { end: 'interrupted', items: ['call', 'tool:1:0:book: "done"'] },
  },
  'the signal and the deadline: the turn expires, and home cuts the apology': {
    until: reading,
    meet: [race.signal('x'), deadline],
    home: { 'cut-x': cutInApology, 'voice-1-2': apologyCut },
    wins: { end: 'Turn.Expired', items: ['call', 'tool:1:0:look: cancelled', 'apology: Sor'] },
  },
  'the update and the deadline: the turn expires, and home cuts the apology': {
    until: reading,
    meet: [race.update('x'), deadline],
    home: { 'cut-x': cutInApology, 'voice-1-2': apologyCut },
    wins: {
      end: 'Turn.Expired',
      items: ['call', 'tool:1:0:look: cancelled', 'apology: Sor'],
      answers: { x: { interrupted: true, heardText: 'Sor' } },
    },
  },
  'cancelling the workflow and the deadline: the turn expires, and home cuts the apology': {
    until: reading,
    meet: [race.cancelling, deadline],
    home: { 'cut-cancelled': cutInApology, 'voice-1-2': apologyCut },
    wins: { end: 'Turn.Expired', items: ['call', 'tool:1:0:look: cancelled', 'apology: Sor'] },
  },
});

test('in one task: the end of a speech and the deadline never meet, as no timer runs while a turn only speaks', async () => {
  const turn = await race.createTurn();
  assert.equal(turn.timers, 1);
  await turn.task(turn.ended('think-1', ANSWER));
  assert.deepEqual([[...turn.open.keys()], turn.timers], [['voice-1'], 0]);
  await turn.dispose();
});
