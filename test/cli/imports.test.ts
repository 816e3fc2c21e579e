import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const TELL_WORKER = `data:text/javascript,import { registerHooks } from 'node:module';
  registerHooks({ load(url, context, next) {
    if (url.includes('/@temporalio/worker/')) process.stderr.write('the worker of the SDK was loaded');
    return next(url, context);
  } });`;

function loadsWorker(...args: string[]): boolean {
  const main = join(import.meta.dirname, '../../cli/main.ts');
  const { stderr } = spawnSync(
    process.execPath,
    ['--conditions=legato-source', '--import', TELL_WORKER.replaceAll('\n', ''), main, ...args],
    { env: { ...process.env, TEMPORAL_ADDRESS: '' }, encoding: 'utf8' },
  );
  return stderr.includes('the worker of the SDK was loaded');
}

test('legato say: it does not wait for the SDK of the worker to load, of which it has no use', () => {
  assert.equal(loadsWorker('say', '--url', 'http://127.0.0.1:9', 'Hello'), false);
  assert.equal(loadsWorker('serve'), true);
});
