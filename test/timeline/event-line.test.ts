import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServedEvent } from 'legato/client';
import { toEventLine } from '../../timeline/event-line.ts';

const cut = { type: 'speech.cut', speech: '1-1', kind: 'answer', text: 'Yes, it is.', durationMs: 900 } as const;

const LINES: readonly (readonly [what: string, event: ServedEvent, line: string])[] = [
  [
    'a speech that is cut has the words that were heard',
    { ...cut, seq: 1, atMs: 400.4, heardText: 'Yes,', heardMs: 300 },
    '   400 ms  agent     is cut; heard: Yes,',
  ],
  [
    'a speech that is cut before its first word says so',
    { ...cut, seq: 1, atMs: 12, heardText: '', heardMs: 0 },
    '    12 ms  agent     is cut; heard: (nothing)',
  ],
  ...[1, 2].map(
    (attempt) =>
      [
        `attempt ${attempt} of a call`,
        { type: 'tool.started', seq: 2, atMs: 13, call: 'tool:1:0:find', name: 'find', arguments: {}, attempt },
        `    13 ms  tool      find {}${attempt === 1 ? '' : ' (attempt 2)'}`,
      ] as const,
  ),
  [
    'a barge-in is the doing of the caller',
    { type: 'turn.interrupted', seq: 2, atMs: 13, heardText: 'Yes,' },
    '    13 ms  caller    interrupts',
  ],
];
for (const [what, event, line] of LINES) {
  test(`event line: ${what}`, () => {
    assert.equal(toEventLine(event), line);
  });
}

test('event line: what says nothing new to a reader has none', () => {
  assert.equal(toEventLine({ type: 'speech.started', seq: 1, atMs: 1, speech: '1-1' }), undefined);
});
