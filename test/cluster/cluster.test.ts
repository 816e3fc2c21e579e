import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test, { after, before } from 'node:test';
import { createLegatoClient, type LegatoClient } from '../../client/client.ts';
import { LegatoError } from '../../client/legato-error.ts';
import { type Cluster, startCluster } from '../../cluster/start-cluster.ts';
import { readConfig } from '../../config.ts';
import type { ServedEvent, Turn } from '../../contract/http.ts';
import { identify, isRunning } from '../../dev-server/launch/process-identity.ts';
import { retryUntilGiven } from '../../time/retry.ts';
import { withoutPackages } from './without-packages.ts';

const skip = await withoutPackages({ postgres: true, redis: true, balancer: true });
const question = 'Where is my order 4002?';

let cluster: Cluster;
let client: LegatoClient;

before(async () => {
  if (skip !== false) return;
  const { environment, cacheDir } = readConfig();
  cluster = await startCluster({ environment, cacheDir, log: (line) => console.error(line) });
  client = createLegatoClient({ baseUrl: cluster.balancer?.url ?? '' });
});
after(() => cluster?.stop());

test('cluster: a turn that is posted through the balancer is heard through it', { skip }, async () => {
  const { id: conversation } = await client.createConversation();
  const { id } = await client.startTurn(conversation, { text: question });
  // The balancer sends one to either front end: today only that of the turn's home streams it while it is played.
  const readers = await Promise.all([readAll(client, id), readAll(client, id)]);
  assert.ok(readers.some((events) => events.some(({ type }) => type === 'speech.audio')));
  for (const events of readers) assert.equal(outcomeOf(events.at(-1)), 'answered');
});

test('cluster: while a front end is dead, the balancer sends every request to the other', { skip }, async () => {
  const [first] = cluster.frontEnds;
  await first?.process.kill();
  for (let count = 0; count < 2; count += 1) assert.equal((await converse()).outcome, 'answered');
  await first?.process.start();
  const { status } = await fetch(`${first?.url}/readyz`);
  assert.equal(status, 200);
});

test('cluster: turns are answered again after PostgreSQL crashed under Temporal', { skip }, async () => {
  await cluster.postgres?.process.restart();
  const { outcome } = await retryUntilGiven(() => unlessUnavailable(converse));
  assert.equal(outcome, 'answered');
});

test('cluster: its end leaves no process and no folder behind', { skip }, async () => {
  const { frontEnds, workers, temporal, postgres, redis, balancer, folder } = cluster;
  const parts = [...frontEnds.map(({ process }) => process), ...workers, temporal.process];
  const processes = [...parts, ...[postgres, redis, balancer].flatMap((part) => part?.process ?? [])];
  const identities = await Promise.all(processes.map(({ pid = 0 }) => identify(pid)));
  assert.equal(identities.filter((identity) => identity !== undefined).length, 7);
  await cluster.stop();
  for (const identity of identities) assert.ok(identity && !(await isRunning(identity)));
  assert.ok(!existsSync(folder));
});

async function converse(): Promise<Turn> {
  const { id: conversation } = await client.createConversation();
  const { id } = await client.startTurn(conversation, { text: question, modality: 'text' });
  return client.result(id);
}

async function unlessUnavailable<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof LegatoError) || error.status !== 503) throw error;
    return undefined;
  }
}

async function readAll(from: LegatoClient, id: string): Promise<ServedEvent[]> {
  return Array.fromAsync(from.events(id, { audio: true }));
}

function outcomeOf(event: ServedEvent | undefined): string | undefined {
  return event?.type === 'turn.finished' || event?.type === 'turn.snapshot' ? event.outcome : undefined;
}
