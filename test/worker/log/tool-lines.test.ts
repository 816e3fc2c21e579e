import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '../../../cli/logger.ts';
import type { LogLevel } from '../../../config.ts';
import { createToolLog } from '../../../live/calls/tool-log.ts';
import { createToolLines } from '../../../worker/log/tool-lines.ts';
import type { ErrorFields } from '../../../worker/log/error-fields.ts';
import { LogLines } from '../../log-lines.ts';

const CALL = 'tool:1:0:find_order';
const served = { conversationId: 'c1', turnId: 't1', callId: CALL, idempotencyKey: `t1/${CALL}` };
const BY = { turn: 't1', conversation: 'c1', call: CALL, tool: 'find_order' };

function toolLog(level: LogLevel) {
  const lines = new LogLines();
  const logger = createLogger({ level, form: 'json', to: lines });
  return { lines: lines.all, log: createToolLog(served, 'find_order', createToolLines(logger)) };
}

test('tool log: a line has its level, turn, conversation, call and tool, and its fields apart', () => {
  const { lines, log } = toolLog('debug');
  log.debug('Asking the shop');
  log.warn('Slow', { tookMs: 900, turn: 'its own', level: 7 });
  const [first, second] = lines.map(({ time: _, ...line }) => line);
  assert.deepEqual(first, { level: 20, ...BY, msg: 'Asking the shop' });
  assert.deepEqual(second, { level: 40, ...BY, fields: { tookMs: 900, turn: 'its own', level: 7 }, msg: 'Slow' });
});

test('tool log: what is below the level of the log is not written', () => {
  const { lines, log } = toolLog('warn');
  log.info('Asking the shop');
  log.error('Down');
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    ['Down'],
  );
});

test('tool log: an error, alone or among the fields, is logged with type, message and stack', () => {
  const { lines, log } = toolLog('info');
  log.error('Down', new TypeError('Refused'));
  log.error('Down', { why: new RangeError('Too far') });
  const [first, second] = lines.map(({ fields }) => fields as Readonly<Record<string, ErrorFields>>);
  assert.deepEqual([first?.['err']?.type, first?.['err']?.message], ['TypeError', 'Refused']);
  assert.match(second?.['why']?.stack ?? '', /^RangeError: Too far\n {4}at .*tool-lines\.test\.ts/);
});

test('tool log: a line has its fields as they were when it was written', () => {
  const kept: object[] = [];
  const log = createToolLog(served, 'find_order', ({ fields }) => void kept.push(fields));
  const fields = { attempt: 1 };
  log.info('begun', fields);
  fields.attempt = 2;
  assert.deepEqual(kept, [{ attempt: 1 }]);
});

test('tool log: fields that JSON cannot hold do not end the call', () => {
  const { lines, log } = toolLog('info');
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  log.info('odd', { cyclic, big: 1n, send: () => undefined });
  assert.equal(lines[0]?.msg, 'odd');
});
