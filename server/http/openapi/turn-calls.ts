import { z } from 'zod';
import * as http from '../../../contract/http.ts';
import { EventId } from '../../../contract/http-parameters.ts';
import { type Call, json, readerParameters, temporalProblems } from './call.ts';

const path = z.object({ id: z.string().describe('Id of the turn, as the call that started it returned it') });

const getTurn: Call = {
  operationId: 'getTurn',
  tag: 'turns',
  scope: 'read',
  summary: 'Read a turn',
  description: 'The turn as its workflow knows it now: what was said, what was done, and how it ended.',
  parameters: { path },
  answers: { 200: json('The turn', http.Turn) },
  problems: ['unknown-turn', ...temporalProblems],
};

const getEvents: Call = {
  operationId: 'getEvents',
  tag: 'turns',
  scope: 'read',
  summary: 'Follow the events of a turn',
  description:
    'Server-sent events from the first, or the one after `Last-Event-ID`, until `turn.finished`. A connection that breaks is ' +
    'opened again with the last `id` received. Where the events are no longer kept, and in a process that does not play the ' +
    'turn, they are one `turn.snapshot` and `turn.finished`.',
  parameters: { path, ...readerParameters(EventId, 'The last `id` received: the events after it are sent') },
  events: { schema: http.ServedEvent, id: 'The `seq` of the event' },
  problems: ['invalid-query', 'invalid-event-id', 'unknown-turn', ...temporalProblems],
};

const getAudio: Call = {
  operationId: 'getAudio',
  tag: 'turns',
  scope: 'read',
  summary: 'Listen to a turn',
  description: 'The speech from its beginning, as it comes; of a turn that has ended, with its length.',
  parameters: { path },
  answers: {
    200: {
      description: 'WAV, 24 kHz, mono, 16 bit',
      content: { 'audio/wav': { schema: { type: 'string', contentMediaType: 'audio/wav' } } },
    },
  },
  problems: ['unknown-turn', 'audio-expired', 'audio-elsewhere', ...temporalProblems],
};

const interruptTurn: Call = {
  operationId: 'interruptTurn',
  tag: 'turns',
  scope: 'turns',
  summary: 'Interrupt a turn: the caller speaks, or presses stop',
  description:
    'The voice is silent at once. An interrupt that comes late, twice, or for a speech that is not being said changes nothing ' +
    "and is answered with what is true now. 'heardText' is all that was heard of the turn. 'heardMs' beyond what was sent " +
    'counts as all of it.',
  parameters: { path },
  body: { schema: http.InterruptTurn, isRequired: false, description: 'What the caller cuts, if you know it' },
  answers: {
    200: json('The record has it', http.InterruptedTurn),
    202: json('Silent; the record does not have it yet and will get it', http.InterruptedTurn),
  },
  problems: ['unknown-turn', 'unknown-speech', 'interrupt-failed', ...temporalProblems],
};

const reportPlayout: Call = {
  operationId: 'reportPlayout',
  tag: 'turns',
  scope: 'turns',
  summary: "Report what the listener's device has played",
  description:
    "For a turn with playout 'client'. The furthest position counts, no matter who reports it, in which order: a repeat, or a " +
    "report that comes out of order, changes nothing. A position beyond what was sent counts as all of it, and so does 'finished'.",
  parameters: { path },
  body: { schema: http.ReportPlayout, isRequired: true, description: 'How far which speech has played' },
  answers: { 200: json('How much counts as heard now', http.CountedPlayout) },
  problems: ['unknown-turn', 'unknown-speech', 'playout-assumed', 'turn-not-open', ...temporalProblems],
};

export const turnCalls = {
  '/v1/turns/{id}': { get: getTurn },
  '/v1/turns/{id}/events': { get: getEvents },
  '/v1/turns/{id}/audio': { get: getAudio },
  '/v1/turns/{id}/interrupt': { post: interruptTurn },
  '/v1/turns/{id}/playout': { post: reportPlayout },
} satisfies Record<string, Record<string, Call>>;
