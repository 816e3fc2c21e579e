import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Item } from 'legato';
import { called } from '../../metadata.ts';
import { toolWith } from '../defined.ts';

const args = { order_id: '4010' };
const transcript: readonly Item[] = [{ type: 'user', text: 'Where is my order?' }];
const UNCHECKED = /^Whether this call is allowed could not be checked, so it was not made;/;

test('rejectIf: a tool has none by default', () => {
  assert.ok(!('rejectIf' in toolWith({})));
});

test('rejectIf: it is given arguments, transcript and turn, and its text is the reason', () => {
  const rejectIf = (...given: unknown[]) => JSON.stringify(given);
  assert.equal(
    toolWith({ rejectIf }).rejectIf?.(args, transcript, called),
    JSON.stringify([args, transcript, called.served]),
  );
});

for (const passed of [undefined, false, null, '']) {
  test(`rejectIf: ${JSON.stringify(passed) ?? 'undefined'} lets the call pass`, () => {
    assert.equal(toolWith({ rejectIf: () => passed }).rejectIf?.(args, transcript, called), undefined);
  });
}

const broken: [title: string, rejectIf: () => unknown][] = [
  [
    'throws',
    () => {
      throw new Error('secret 4010');
    },
  ],
  ['returns true', () => true],
  ['returns a promise', () => Promise.resolve(undefined)],
  ['returns a promise that is rejected', () => Promise.reject(new Error('secret 4010'))],
];
for (const [title, rejectIf] of broken) {
  test(`rejectIf: one that ${title} turns the call down, without its own words`, () => {
    const reason = toolWith({ rejectIf }).rejectIf?.(args, transcript, called) ?? '';
    assert.match(reason, UNCHECKED);
    assert.doesNotMatch(reason, /secret/);
  });
}
