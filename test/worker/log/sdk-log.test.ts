import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import type { LogLevel } from '@temporalio/worker';
import { createLogger } from '../../../cli/logger.ts';
import { createSdkLogger } from '../../../worker/log/sdk-log.ts';
import { LogLines, type LogLine } from '../../log-lines.ts';

function logged(level: LogLevel, message: string, meta: object): LogLine | undefined {
  const log = new LogLines();
  createSdkLogger(createLogger({ level: 'debug', form: 'json', to: log })).log(level, message, { ...meta });
  return log.all[0];
}

const levels: readonly [LogLevel, number][] = [
  ['TRACE', 10],
  ['DEBUG', 20],
  ['INFO', 20],
  ['WARN', 40],
  ['ERROR', 50],
];

test('log of the SDK: an error has its reason, and the step it belongs to', () => {
  const line = logged('WARN', 'Activity failed', { error: new TypeError('No home'), activityId: 'think-1' });
  assert.equal((line?.['err'] as { message: string }).message, 'No home');
  assert.equal(line?.['activityId'], 'think-1');
});

test('log of the SDK: what it was given to carry is not logged', () => {
  const failure = 'Failure { message: "It was \\"odd\\"", stack_trace: "at", details: Payloads("My card is 4111") }';
  const line = logged('WARN', 'Failing workflow task', { failure, details: 'My card', input: { text: 'My card' } });
  assert.equal(line?.['reason'], 'It was \\"odd\\"');
  assert.doesNotMatch(JSON.stringify(line), /card/);
});

test('log of the SDK: a failure that is in the line of its turn is no warning of its own', () => {
  const error = ApplicationFailure.create({ type: 'Model.Failed', message: 'No reply' });
  assert.equal(logged('WARN', 'Activity failed', { error })?.level, 20);
  assert.equal(logged('WARN', 'Workflow failed', { error })?.level, 20);
});

test('log of the SDK: a queue that has no workflows is not logged', () => {
  assert.equal(logged('WARN', 'No workflows registered, not polling for workflow tasks', {}), undefined);
});

for (const [level, number] of levels) {
  test(`log of the SDK: its level ${level} is ${number} in ours`, () => {
    assert.equal(logged(level, 'Something', {})?.level ?? 10, number);
  });
}
