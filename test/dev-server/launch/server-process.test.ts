import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { pollUntil } from '../../../dev-server/readiness/poll-until.ts';
import { spawnServer } from '../../../dev-server/launch/server-process.ts';
import { scratchFolder, writeScript } from '../scratch-folder.ts';

/** What `renice` adds for a server that yields. */
const YIELDED = 10;

for (const [yields, added] of [
  [true, YIELDED],
  [false, 0],
] as const) {
  test(`server process: its priority is ${added} below its owner's where it ${yields ? 'yields' : 'does not yield'}`, async (t) => {
    const folder = await scratchFolder(t);
    const path = await writeScript(join(folder, 'server'), ': > "$0.runs"; exec sleep 600');
    const binary = { origin: 'built', path, version: 'fake' } as const;
    const site = { folder, environment: process.env, temporary: false, yields };
    const server = await spawnServer(binary, { args: [], ports: [] }, site);
    t.after(() => server.stop());
    const isThere = async (): Promise<boolean> => Promise.resolve(existsSync(`${path}.runs`));
    await pollUntil(isThere, { everyMs: 5, withinMs: 30_000, failure: 'The server did not run' });
    assert.equal(getPriority(server.identity.pid), Math.min(19, getPriority() + added));
  });
}
