import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthorCode } from '../../../live/calls/author-code.ts';
import { catchStrayErrors } from '../../../worker/watch/stray-errors.ts';

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;
const listeners = (): number[] => EVENTS.map((event) => process.listenerCount(event));

test('stray errors: a process catches them once, and no more when that is undone', () => {
  const before = listeners();
  const ignore = (): void => undefined;
  for (let round = 0; round < 2; round += 1) {
    using _ = catchStrayErrors(new AuthorCode(), ignore);
    assert.deepEqual(
      listeners(),
      before.map((count) => count + 1),
    );
    assert.throws(() => catchStrayErrors(new AuthorCode(), ignore), /caught already/);
  }
  assert.deepEqual(listeners(), before);
});
