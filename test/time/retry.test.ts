import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryUntilGiven } from '../../time/retry.ts';

test('retry: it attempts until one gives something, false included, and no more', async () => {
  const answers = [undefined, undefined, false, true];
  const given = await retryUntilGiven(async () => answers.shift());
  assert.deepEqual([given, answers], [false, [true]]);
});

test('retry: an attempt that fails ends it', async () => {
  let attempts = 0;
  const failing = retryUntilGiven(() => {
    attempts += 1;
    return Promise.reject(new Error('Refused'));
  });
  await assert.rejects(failing, { message: 'Refused' });
  assert.equal(attempts, 1);
});
