import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Admission } from '../../service/admission.ts';
import { Refusal } from '../../service/refusal.ts';

test('admission: what was admitted before a stop is waited for, and nothing else is admitted', async () => {
  const admission = new Admission();
  const admitted = [admission.admit(), admission.admit()];
  admission.stop();
  assert.throws(
    () => admission.admit(),
    (error) => error instanceof Refusal && error.reason.kind === 'stopping',
  );
  let isOver = false;
  const over = admission.whenOver().then(() => (isOver = true));
  admitted[0]?.[Symbol.dispose]();
  admitted[0]?.[Symbol.dispose]();
  await Promise.resolve();
  assert.equal(isOver, false);
  admitted[1]?.[Symbol.dispose]();
  await over;
});

test('admission: where nothing was admitted there is nothing to wait for', async () => {
  const admission = new Admission();
  admission.stop();
  await admission.whenOver();
});
