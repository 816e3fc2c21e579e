import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OtherProcesses } from '../../../worker/watch/other-processes.ts';

interface Named {
  readonly identity: string;
  readonly askedAtMs: number;
}

function watchOthers() {
  const warnings: string[] = [];
  let named: readonly Named[] = [];
  const logger = { warn: (_: unknown, text: string) => void warnings.push(text) };
  const others = new OtherProcesses({
    ...{ ask: async () => named, identity: 'own', agent: 'orders', logger: logger as never },
  });
  /** One look at those that Temporal names now. */
  const look = async (asked: Record<string, number>): Promise<readonly string[]> => {
    named = Object.entries(asked).map(([identity, askedAtMs]) => ({ identity, askedAtMs }));
    await others.look();
    return others.alive;
  };
  return { warnings, look, [Symbol.dispose]: () => others[Symbol.dispose]() };
}

test('other processes: one that goes on asking for work is told of once, and no longer when it is silent', async () => {
  using watched = watchOthers();
  const { look, warnings } = watched;
  assert.deepEqual(await look({ own: 1, ended: 1, other: 1 }), []);
  for (const askedAtMs of [2, 3]) await look({ own: askedAtMs, ended: 1, other: askedAtMs });
  assert.deepEqual(await look({ own: 4, ended: 1, other: 4 }), ['other'], 'one that has ended is named for minutes');
  assert.deepEqual(await look({ own: 4, ended: 1, other: 4 }), ['other'], 'it asks once a minute');
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /serves agent 'orders' too, and REDIS_URL is not set/);
  for (let silent = 0; silent < 3; silent += 1) await look({ own: 5 });
  assert.deepEqual(await look({ own: 5 }), []);
});

test('other processes: one that this process replaces asks for work while it stops, and does not count', async () => {
  using watched = watchOthers();
  const { look, warnings } = watched;
  for (const askedAtMs of [1, 2, 3]) assert.deepEqual(await look({ own: askedAtMs, replaced: askedAtMs }), []);
  for (let later = 0; later < 6; later += 1) assert.deepEqual(await look({ own: 9, replaced: 3 }), []);
  assert.deepEqual(warnings, []);
});
