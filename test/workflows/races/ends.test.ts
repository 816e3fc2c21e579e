import * as race from './race.ts';
import { account, ANSWER, cancelling, bargeInWith, ended, HEARD, said, signal, update } from './race.ts';

// The end of a turn and a barge-in, in one task. `ARCHITECTURE.md` has the same table.

const speaking = [ended('think-1', ANSWER)];
const closing = [...speaking, ended('voice-1', HEARD)];
const heardPart = { result: { heardText: 'That is', durationMs: 60, interrupted: true } };
const answered = { end: 'answered', items: ['answer: That is all.'] };
const uncut = { interrupted: false, heardText: 'That is all.' };

race.testRaces({
  'the end of the last speech and the signal: the turn is answered': {
    until: speaking,
    meet: [ended('voice-1', HEARD), signal('x')],
    wins: answered,
  },
  'the end of the last speech and the update: the turn is answered, and so is the update': {
    until: speaking,
    meet: [ended('voice-1', HEARD), update('x')],
    wins: { ...answered, answers: { x: uncut } },
  },
  'the end of the last speech and cancelling the workflow: the turn is answered': {
    until: speaking,
    meet: [ended('voice-1', HEARD), cancelling],
    wins: answered,
  },
  'a last speech that was cut and the account of it: the turn is interrupted': {
    until: speaking,
    meet: [ended('voice-1', heardPart), account(bargeInWith({ said: [said('1-1', 'answer', 'That is')] }))],
    wins: {
      ...{ end: 'interrupted', items: ['answer: That is'] },
      answers: { x: { interrupted: true, heardText: 'That is' } },
    },
  },
  'the end of the step close and the signal: the turn is answered': {
    until: closing,
    meet: [ended('close', { result: undefined }), signal('x')],
    wins: answered,
  },
  'the end of the step close and the update: the turn is answered, and so is the update': {
    until: closing,
    meet: [ended('close', { result: undefined }), update('x')],
    wins: { ...answered, answers: { x: uncut } },
  },
  'the end of the step close and cancelling the workflow: the turn is answered': {
    until: closing,
    meet: [ended('close', { result: undefined }), cancelling],
    wins: answered,
  },
  'a first step that is refused and the update: the turn is given up, and Temporal tells the update so': {
    until: [],
    meet: [ended('think-1', { failure: 'Turn.Abandoned' }), update('x')],
    wins: { end: 'Turn.Abandoned', items: [], answers: {} },
  },
});
