import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { endProcess, identify, isRunning } from '../../../dev-server/launch/process-identity.ts';

async function startIdle() {
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const identity = await identify(child.pid ?? 0);
  assert.ok(identity);
  return { child, identity };
}

test('process identity: a process of the same id that started at another time is not ended', async (t) => {
  const { child, identity } = await startIdle();
  t.after(() => child.kill('SIGKILL'));
  await endProcess({ ...identity, startedAt: 'another time' });
  assert.ok(await isRunning(identity));
});

test('process identity: the process itself is ended', async () => {
  const { child, identity } = await startIdle();
  const exit = once(child, 'exit');
  await endProcess(identity);
  assert.deepEqual(await exit, [null, 'SIGTERM']);
  assert.equal(await isRunning(identity), false);
});
