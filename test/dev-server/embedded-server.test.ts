import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { searchAttributes } from '../../contract/messages.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../../dev-server/embedded-server.ts';
import { inspectServer } from '../../dev-server/inspection/inspect-server.ts';
import { isRunning, type ProcessIdentity } from '../../dev-server/launch/process-identity.ts';
import { realCacheDir, scratchFolder, writeScript } from './scratch-folder.ts';

const ownerProcess = fileURLToPath(new URL('./owner-process.ts', import.meta.url));
const lookup = { environment: process.env, cacheDir: realCacheDir, log: (line: string) => console.error(line) };

async function start(t: TestContext, dataDir: string): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({ ...lookup, dataDir });
  t.after(() => server.stop());
  return server;
}

/** Another process that starts a server and does not stop it. */
async function startInOwner(t: TestContext, dataDir?: string) {
  const child = spawn(process.execPath, [ownerProcess, realCacheDir, ...(dataDir === undefined ? [] : [dataDir])], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const server = JSON.parse(line) as EmbeddedServer;
  const ended = once(child, 'exit');
  return {
    server,
    exit: () => (child.stdin.end('exit'), ended),
    kill: () => (child.kill('SIGKILL'), ended),
  };
}

/** Resolves when the server, to which a connection is held, is gone. */
async function holdUntilGone(address: string): Promise<{ gone: Promise<void> }> {
  const { hostname: host, port } = new URL(`tcp://${address}`);
  const socket = connect({ host, port: Number(port) });
  await once(socket, 'connect');
  socket.on('error', () => undefined); // a reset is one way to be gone
  return { gone: new Promise((resolve) => void socket.resume().once('close', () => resolve())) };
}

async function withClient<T>(address: string, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

async function serverOf(dataDir: string): Promise<ProcessIdentity> {
  const text = await readFile(join(dataDir, 'temporal', 'state.json'), 'utf8');
  return (JSON.parse(text) as { running: { server: ProcessIdentity } }).running.server;
}

test('embedded server: workflows and address are there again after a restart with the same data folder', async (t) => {
  const dataDir = join(await scratchFolder(t), 'data, 100 % "odd"? #1');
  const first = await start(t, dataDir);
  await withClient(first.address, (client) =>
    client.workflow.start('nobody', {
      ...{ taskQueue: 'none', workflowId: 'earlier' },
      searchAttributes: { [searchAttributes.agent]: ['orders'] },
    }),
  );
  await first.stop();
  const second = await start(t, dataDir);
  assert.deepEqual([second.address, second.adopted, second.owned], [first.address, false, true]);
  const earlier = await withClient(second.address, (client) => client.workflow.getHandle('earlier').describe());
  assert.equal(earlier.status.name, 'RUNNING');
  assert.deepEqual(earlier.searchAttributes[searchAttributes.agent], ['orders']);
});

test('embedded server: one that a killed owner left behind is adopted, and ends with the new owner', async (t) => {
  const dataDir = await scratchFolder(t);
  const owner = await startInOwner(t, dataDir);
  const left = await serverOf(dataDir);
  await owner.kill();
  assert.ok(await isRunning(left));
  const adopted = await start(t, dataDir);
  assert.deepEqual([adopted.address, adopted.adopted, adopted.owned], [owner.server.address, true, true]);
  await adopted.stop();
  assert.equal(await isRunning(left), false);
});

test('embedded server: a second start shares the server of a live owner, and leaves it running', async (t) => {
  const dataDir = await scratchFolder(t);
  const owner = await start(t, dataDir);
  const guest = await start(t, dataDir);
  assert.deepEqual([guest.address, guest.adopted, guest.owned], [owner.address, true, false]);
  await guest.stop();
  assert.ok(await isRunning(await serverOf(dataDir)));
});

test('embedded server: it ends with an owner that exits without stopping it', async (t) => {
  const owner = await startInOwner(t, await scratchFolder(t));
  const { gone } = await holdUntilGone(owner.server.address);
  await owner.exit();
  await gone;
});

test('embedded server: one in memory ends even with an owner that is killed', async (t) => {
  const owner = await startInOwner(t);
  const { gone } = await holdUntilGone(owner.server.address);
  await owner.kill();
  await gone;
});

test('embedded server: the inspection names version, search attributes and settings of the one that runs', async (t) => {
  const dataDir = await scratchFolder(t);
  const before = await inspectServer({ ...lookup, dataDir });
  assert.equal(before.address, undefined);
  const { address, version, origin } = await start(t, dataDir);
  const inspection = await inspectServer({ ...lookup, dataDir });
  assert.deepEqual([inspection.address, inspection.way, inspection.answer?.version], [address, origin, version]);
  assert.deepEqual(inspection.answer?.searchAttributes.missing, []);
  assert.deepEqual(inspection.problems, []);
  const details = inspection.findings.flatMap((finding) => finding.details ?? []);
  assert.ok(details.some((line) => line.includes('history.timerProcessorMaxTimeShift: 50ms')));
});

test('embedded server: the error has its last words, it having died at the start', async (t) => {
  const folder = await scratchFolder(t);
  await writeScript(join(folder, 'temporal'), '[ "$1" = --version ] && echo fake && exit; echo "no such flag"; exit 3');
  const environment = { PATH: folder, TMPDIR: folder };
  const dataDir = join(folder, 'data');
  for (const storage of [{}, { dataDir }]) {
    const started = startEmbeddedServer({ ...storage, environment, cacheDir: folder });
    await assert.rejects(started, /Cannot start the Temporal server '.*temporal': it ended with 3\n.*no such flag/s);
  }
  assert.deepEqual((await readdir(folder)).sort(), ['data', 'temporal']);
});
