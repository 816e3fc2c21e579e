import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import test, { type TestContext } from 'node:test';
import { identify, isRunning, type ProcessIdentity } from '../../dev-server/launch/process-identity.ts';
import { pollUntil } from '../../dev-server/readiness/poll-until.ts';
import { withoutPackages } from './without-packages.ts';

const skip = await withoutPackages({ postgres: false, redis: true, balancer: false });
const command = 'cluster/main.ts --front-ends 0 --workers 0 --no-postgres';

interface Started {
  readonly folder: string;
  readonly cluster: number;
  /** The command, Temporal and Redis. */
  readonly processes: readonly ProcessIdentity[];
}

/** The command, as a child of a shell; says where it is. */
async function startUnderShell(t: TestContext) {
  const script = `"${process.execPath}" --conditions=legato-source ${command} & echo "Cluster $!"; wait $!`;
  const shell = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => shell.kill('SIGKILL'));
  return { shell, started: await readStarted(shell.stdout) };
}

async function readStarted(output: NodeJS.ReadableStream): Promise<Started> {
  let text = '';
  for await (const line of createInterface({ input: output })) {
    text += `${line}\n`;
    if (line.startsWith('Data')) break;
  }
  const [, cluster] = /^Cluster (\d+)/m.exec(text) ?? [];
  const parts = [...text.matchAll(/^(?:Temporal|Redis) .*process (\d+)/gm)].map(([, pid]) => pid);
  const [, folder] = /^Data, logs +(.+)/m.exec(text) ?? [];
  const identities = await Promise.all([cluster, ...parts].map((pid) => identify(Number(pid))));
  const processes = identities.filter((identity) => identity !== undefined);
  assert.ok(folder !== undefined && processes.length === 3, text);
  return { folder, cluster: Number(cluster), processes };
}

async function isGone({ folder, processes }: Started): Promise<boolean> {
  const running = await Promise.all(processes.map(isRunning));
  return !existsSync(folder) && !running.includes(true);
}

const untilGone = (started: Started) =>
  pollUntil(() => isGone(started), { everyMs: 50, withinMs: 60_000, failure: 'The cluster was not gone' });

test('npm run cluster: it ends with all that it started when its parent is killed', { skip }, async (t) => {
  const { shell, started } = await startUnderShell(t);
  shell.kill('SIGKILL');
  await untilGone(started);
});

test('npm run cluster: all that it started ends when it is killed itself', { skip }, async (t) => {
  const { started } = await startUnderShell(t);
  process.kill(started.cluster, 'SIGKILL');
  await untilGone(started);
});

test('npm run cluster: it ends in good order on SIGTERM', { skip }, async (t) => {
  const { shell, started } = await startUnderShell(t);
  const exited = once(shell, 'exit');
  process.kill(started.cluster, 'SIGTERM');
  assert.deepEqual(await exited, [0, null]);
  assert.ok(await isGone(started));
});

test('npm run cluster: a count that is none is refused, with the usage', async () => {
  const args = ['--conditions=legato-source', 'cluster/main.ts', '--front-ends', 'two'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'pipe'] });
  const [exit, errors] = await Promise.all([once(child, 'exit'), Array.fromAsync(child.stderr)]);
  assert.deepEqual(exit, [1, null]);
  assert.match(errors.join(''), /^--front-ends is 'two', but must be a whole number; usage: npm run cluster/);
});
