import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { ApplicationFailure } from '@temporalio/common';
import type { LogLevel } from '../../config.ts';
import { createLogger } from '../../cli/logger.ts';
import { LogLines } from '../log-lines.ts';

const SECRET = 'Your card number is 4111';

interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly cause?: LoggedError;
}

function loggedAs(fields: object): Readonly<Record<string, unknown>> {
  const log = new LogLines();
  createLogger({ level: 'info', form: 'json', to: log }).warn(fields, 'It broke');
  return log.all[0] ?? assert.fail('Nothing was logged');
}

function linesOf(fields: object, msg: string): string[] {
  let text = '';
  const to = { write: (piece: string) => void (text += piece) };
  createLogger({ level: 'info', form: 'lines', to }).warn(fields, msg);
  return text.split('\n');
}

for (const key of ['err', 'error', 'reason']) {
  test(`logger: an error under the key '${key}' is logged with type, message, stack and cause`, () => {
    const error = new TypeError('No order', { cause: new RangeError('Out of range') });
    const logged = loggedAs({ [key]: error })[key] as LoggedError;
    assert.equal(logged.type, 'TypeError');
    assert.equal(logged.message, 'No order');
    assert.match(logged.stack, /^TypeError: No order\n {4}at .*logger\.test\.ts/);
    assert.equal(logged.cause?.type, 'RangeError');
    assert.match(logged.cause.stack, /^RangeError: Out of range\n {4}at /);
  });
}

test('logger: a failure that crosses Temporal is logged by its type, without the words in its details', () => {
  const error = ApplicationFailure.create({ type: 'Model.Failed', message: 'No reply', details: [{ said: SECRET }] });
  const logged = loggedAs({ error });
  assert.equal((logged['error'] as LoggedError).type, 'Model.Failed');
  assert.doesNotMatch(JSON.stringify(logged), new RegExp(SECRET));
});

test('logger: what hangs on an error beside its code is left out', () => {
  const error = Object.assign(new Error('Refused'), { code: 'ECONNREFUSED', body: SECRET, request: { text: SECRET } });
  const logged = loggedAs({ err: error });
  assert.equal((logged['err'] as { code: string }).code, 'ECONNREFUSED');
  assert.doesNotMatch(JSON.stringify(logged), new RegExp(SECRET));
});

test('logger: an error of another context, as of workflow code, is logged like any other', () => {
  const logged = loggedAs({ err: runInNewContext('new Error("From the sandbox")') as Error })['err'] as LoggedError;
  assert.equal(logged.message, 'From the sandbox');
});

test('logger: several errors in one, and causes that lead back to the first, come to an end', () => {
  const first = new Error('First');
  first.cause = new AggregateError([first, new Error('Second')], 'Both');
  assert.match(JSON.stringify(loggedAs({ err: first })), /"Second"/);
});

test("logger: a level hides what is below it, and 'silent' hides all", () => {
  const seen = (level: LogLevel): number => {
    const log = new LogLines();
    const logger = createLogger({ level, form: 'json', to: log });
    logger.info('line');
    logger.fatal('line');
    return log.all.length;
  };
  assert.deepEqual([seen('info'), seen('warn'), seen('silent')], [2, 1, 0]);
});

test('logger: in lines an entry is its time, level, words and fields, with the stack below', () => {
  const [head = '', stack = '', frame = ''] = linesOf({ turn: 't1', err: new TypeError('No order') }, 'It broke');
  assert.match(head, /^\d\d:\d\d:\d\d\.\d{3} warn {2}It broke turn=t1$/);
  assert.equal(stack, '    TypeError: No order');
  assert.match(frame, /^ {8}at .*logger\.test\.ts/);
});

const own = (path: string) => new URL(`../../${path}`, import.meta.url).href;

for (const { title, frames, shown } of [
  {
    title: "of an author's error it ends with the author's frames",
    frames: [
      'at find (file:///shop/find.ts:1:2)',
      'at parse (file:///shop/node_modules/csv/a.js:1:2)',
      'at run (file:///shop/agent.ts:3:4)',
      'at AsyncLocalStorage.run (node:internal/async_local_storage:1:2)',
      `at AuthorCode.run (${own('live/calls/author-code.ts')}:5:6)`,
      'at node:internal/process/task_queues:105:5',
    ],
    shown: 3,
  },
  {
    title: 'of an error of Legato itself it is whole',
    frames: [`at toRun (${own('live/a.ts')}:5:6)`, 'at b (/b.js:1:2)'],
    shown: 2,
  },
  {
    title: 'of an error that Legato has no part in it is whole',
    frames: ['at b (/b.js:1:2)', 'at node:net:1:2'],
    shown: 2,
  },
]) {
  test(`logger: in lines the stack ${title}`, () => {
    const err = new TypeError('No order');
    err.stack = ['TypeError: No order', ...frames.map((frame) => `    ${frame}`)].join('\n');
    const [, , ...rest] = linesOf({ err }, 'It broke');
    assert.deepEqual(
      rest.map((line) => line.trim()).filter((line) => line !== ''),
      frames.slice(0, shown),
    );
  });
}

test('logger: in lines a turn is one readable line, and what was thrown in it stands below', () => {
  const err = new TypeError('No order');
  const steps = [
    { step: 'think:1', ok: true, durationMs: 251 },
    { step: 'tool:1:0:find_order', ok: false, durationMs: 30 },
  ];
  const turn = { turn: 't1', conversation: 'c1', number: 3, outcome: 'answered', durationMs: 2_412, firstAudioMs: 312 };
  const troubles = [{ step: 'tool:1:0:find_order', kind: 'failed', message: 'No order', err: { ...toFields(err) } }];
  const url = 'http://localhost:8233/namespaces/default/workflows/t1';
  const [head = '', failed = '', frame = ''] = linesOf({ ...turn, steps, troubles, url }, 'A turn ended');
  const line = 'turn 3 of c1 answered after 2412 ms; first audio after 312 ms';
  assert.ok(head.endsWith(`${line}; steps in ms: think:1 251, tool:1:0:find_order 30 failed; ${url}`), head);
  assert.equal(failed, '    tool:1:0:find_order failed: TypeError: No order');
  assert.match(frame, /^ {8}at /);
});

test('logger: in lines what a tool logs begins with its name, and its call and turn come last', () => {
  const by = { turn: 't1', conversation: 'c1', call: 'tool:1:0:find_order', tool: 'find_order' };
  const fields = { shelf: 4, err: { ...toFields(new TypeError('No order')) } };
  const [head = '', stack = ''] = linesOf({ ...by, fields }, 'Asked twice');
  assert.ok(head.endsWith(' find_order: Asked twice shelf=4 (tool:1:0:find_order of t1)'), head);
  assert.equal(stack, '    TypeError: No order');
});

test('logger: in lines nothing that others wrote moves the cursor', () => {
  assert.ok(linesOf({ note: '\u001b[2J' }, 'It broke').every((line) => !line.includes('\u001b')));
});

function toFields({ name, message, stack }: Error) {
  return { type: name, message, stack };
}

test('logger: each line of a message has a line of its own below the first', () => {
  const [first = '', ...rest] = linesOf({}, 'It is broken:\n  agent.ts:1:1\n  > 1 | \u001b[2Joops');
  assert.match(first, /^[\d:.]+ warn {2}It is broken:$/);
  assert.deepEqual(rest, ['      agent.ts:1:1', '      > 1 |  [2Joops', '']);
});

test('logger: the stack of a reloaded agent names its files as they are', () => {
  const error = new Error('No order');
  error.stack = 'Error: No order\n    at run (file:///shop/agent.ts?legato-generation=12:3:9)';
  const { stack } = loggedAs({ error })['error'] as LoggedError;
  assert.equal(stack, 'Error: No order\n    at run (file:///shop/agent.ts:3:9)');
});
