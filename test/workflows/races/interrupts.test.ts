import * as race from './race.ts';
import {
  account,
  ANSWER,
  asksFor,
  book,
  bargeInWith,
  ended,
  FOUND,
  look,
  MODEL_FAILED,
  said,
  signal,
  update,
  wait,
} from './race.ts';

// A barge-in and something else than the deadline, in one task. `ARCHITECTURE.md` has the same table.

const reading = [ended('think-1', asksFor(look))];
const writing = [ended('think-1', asksFor(book))];
const readEnded = { result: bargeInWith({ settled: ['think:1', 'tool:1:0:look'] }) };
const writeEnded = { result: bargeInWith({ settled: ['think:1', 'tool:1:0:book'] }) };
const readCut = { 'think:1': 'finished', 'tool:1:0:look': 'cancelled' };
const interrupted = { interrupted: true, heardText: '' };

race.testRaces({
  'a result and the signal: the result is in the record, and nothing is answered': {
    until: writing,
    meet: [ended('tool-1-0-book', FOUND), signal('x')],
    home: { 'cut-x': writeEnded },
    wins: { end: 'interrupted', items: ['call', 'tool:1:0:book: "done"'] },
  },
  'a result and the update: the result is in the record, and nothing is answered': {
    until: reading,
    meet: [ended('tool-1-0-look', FOUND), update('x')],
    home: { 'cut-x': readEnded },
    wins: { end: 'interrupted', items: ['call', 'tool:1:0:look: "done"'], answers: { x: interrupted } },
  },
  'a result and cancelling the workflow: the result is in the record, and nothing is answered': {
    until: writing,
    meet: [ended('tool-1-0-book', FOUND), race.cancelling],
    home: { 'cut-cancelled': writeEnded },
    wins: { end: 'interrupted', items: ['call', 'tool:1:0:book: "done"'] },
  },
  'the result of a write and the account of a cut before it: the result is in the record': {
    until: writing,
    meet: [ended('tool-1-0-book', FOUND), account(bargeInWith({ begun: ['tool:1:0:book'] }))],
    wins: {
      end: 'interrupted',
      items: ['call', 'tool:1:0:book: "done"'],
      steps: { 'think:1': 'finished', 'tool:1:0:book': 'finished' },
      answers: { x: interrupted },
    },
  },
  'the result of a read and the account of a cut after it: the result is in the record': {
    until: reading,
    meet: [ended('tool-1-0-look', FOUND), account(readEnded.result)],
    wins: { end: 'interrupted', items: ['call', 'tool:1:0:look: "done"'], answers: { x: interrupted } },
  },
  'the answer of the model and an account: what home says was heard': {
    until: [],
    meet: [ended('think-1', ANSWER), account(bargeInWith({ said: [said('1-1', 'answer', 'That is')] }))],
    wins: {
      end: 'interrupted',
      items: ['answer: That is'],
      steps: { 'think:1': 'finished' },
      answers: { x: { interrupted: true, heardText: 'That is' } },
    },
  },
  'the failure of the model and an account: the turn has failed, and its apology is silent': {
    until: [],
    meet: [ended('think-1', MODEL_FAILED), account(bargeInWith({ ending: 'failed' }))],
    wins: { end: 'Turn.ModelFailed', items: [], answers: { x: interrupted } },
  },
  'two results: both are in the record, and the model is asked once': {
    until: [ended('think-1', asksFor(look, book))],
    meet: [ended('tool-1-0-look', FOUND), ended('tool-1-1-book', FOUND)],
    wins: {
      end: 'answered',
      items: ['call', 'call', 'tool:1:0:look: "done"', 'tool:1:1:book: "done"', 'answer: That is all.'],
    },
  },
  'a late result of a lost home and the taking over: the result is in the record, and the new home is told': {
    until: [
      ended('think-1', asksFor(look, book)),
      ended('tool-1-1-book', { timeout: 'HEARTBEAT' }),
      ended('4', { failure: 'Home.Lost' }),
    ],
    meet: [ended('tool-1-0-look', FOUND), ended('5', { result: { home: 'other' } })],
    wins: {
      end: 'answered',
      items: ['call', 'call', 'tool:1:0:look: "done"', 'tool:1:1:book: outcome_unknown', 'answer: That is all.'],
      told: ['tool:1:0:look', 'tool:1:1:book'],
    },
  },
  'the signal and cancelling the workflow: home cuts once': {
    until: reading,
    meet: [signal('x'), race.cancelling],
    home: { 'cut-x': { result: bargeInWith() }, 'cut-cancelled': { result: bargeInWith() } },
    wins: { end: 'interrupted', items: ['call', 'tool:1:0:look: cancelled'] },
  },
  'two signals with one id: one step asks home for the cut': {
    until: reading,
    meet: [signal('x'), signal('x')],
    home: { 'cut-x': { result: bargeInWith() } },
    wins: { end: 'interrupted', steps: { ...readCut, 'cut:x': 'finished' } },
  },
  'the signal and the update with one id: one step asks home for the cut': {
    until: reading,
    meet: [signal('x'), update('x')],
    home: { 'cut-x': { result: bargeInWith() } },
    wins: { end: 'interrupted', steps: { ...readCut, 'cut:x': 'finished' }, answers: { x: interrupted } },
  },
  'two updates whose ids are one activity id: one step asks home for the cut': {
    until: reading,
    meet: [update('a:b'), update('a-b')],
    home: { 'cut-a-b': { result: bargeInWith() } },
    wins: {
      end: 'interrupted',
      items: ['call', 'tool:1:0:look: cancelled'],
      answers: { 'a:b': interrupted, 'a-b': interrupted },
    },
  },
  'two signals without an id: home cuts once': {
    until: reading,
    meet: [signal(), signal()],
    home: { 'cut-unnamed-1': { result: bargeInWith() }, 'cut-unnamed-2': { result: bargeInWith() } },
    wins: {
      end: 'interrupted',
      steps: { ...readCut, 'cut:unnamed-1': 'finished', 'cut:unnamed-2': 'finished' },
    },
  },
  'two updates with two ids: home cuts once, and both are told of it': {
    until: reading,
    meet: [update('x'), update('y')],
    home: { 'cut-x': { result: bargeInWith() }, 'cut-y': { result: bargeInWith() } },
    wins: {
      end: 'interrupted',
      items: ['call', 'tool:1:0:look: cancelled'],
      answers: { x: interrupted, y: interrupted },
    },
  },
  'two accounts: the later one by its number': {
    until: [ended('think-1', asksFor(wait))],
    meet: [
      account(bargeInWith({ begun: ['tool:1:0:wait'], answers: true })),
      account(
        bargeInWith({
          ...{ id: 'y', number: 2, settled: ['think:1', 'tool:1:0:wait', 'think:2'] },
          said: [said('2-1', 'answer', 'That is')],
        }),
      ),
    ],
    wins: { end: 'interrupted', items: ['call', 'tool:1:0:wait: "done"', 'answer: That is'] },
  },
  'the account that a step brings and a result: the result is in the record': {
    until: [...writing, signal('x')],
    meet: [ended('cut-x', { result: bargeInWith({ begun: ['tool:1:0:book'] }) }), ended('tool-1-0-book', FOUND)],
    wins: { end: 'interrupted', items: ['call', 'tool:1:0:book: "done"'] },
  },
  'a call that a cut has cancelled and the one that goes on: the model is asked, and home is told nothing new': {
    until: [ended('think-1', asksFor(wait, book)), account(bargeInWith({ begun: ['tool:1:0:wait'], answers: true }))],
    meet: [ended('tool-1-1-book', 'cancelled'), ended('tool-1-0-wait', FOUND)],
    wins: {
      end: 'answered',
      items: ['call', 'call', 'tool:1:0:wait: "done"', 'tool:1:1:book: cancelled', 'answer: That is all.'],
      told: [],
    },
  },
  'the start and the signal: the first step is begun, and home cuts it': {
    until: [],
    inFirstTask: true,
    meet: [signal('x'), update('y')],
    home: { 'cut-x': { result: bargeInWith({ settled: [] }) }, 'cut-y': { result: bargeInWith({ settled: [] }) } },
    wins: { end: 'interrupted', items: [], answers: { y: interrupted } },
  },
  'the start and cancelling the workflow: the first step is begun, and home cuts it': {
    until: [],
    inFirstTask: true,
    meet: [race.cancelling, update('y')],
    home: {
      'cut-cancelled': { result: bargeInWith({ settled: [] }) },
      'cut-y': { result: bargeInWith({ settled: [] }) },
    },
    wins: { end: 'interrupted', items: [], answers: { y: interrupted } },
  },
});
