import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServingProcess } from '../../../record/serving-processes.ts';
import { OtherProcesses } from '../../../worker/watch/other-processes.ts';

test('other processes: one that asks for work while this one runs is told of once, and no longer when it is silent', async () => {
  const warnings: string[] = [];
  let serving: ServingProcess[] = [
    { identity: 'own', askedAtMs: 1 },
    { identity: 'ended', askedAtMs: 1 },
    { identity: 'other', askedAtMs: 1 },
  ];
  const logger = { warn: (_: unknown, text: string) => void warnings.push(text) };
  const ask = async (): Promise<ServingProcess[]> => serving;
  using others = new OtherProcesses({ ask, identity: 'own', agent: 'orders', logger: logger as never });
  await others.look();
  assert.deepEqual(others.alive, [], 'a process that has ended is named by Temporal for minutes');
  serving = serving.map((one) => (one.identity === 'ended' ? one : { ...one, askedAtMs: 2 }));
  await others.look();
  await others.look();
  assert.deepEqual(others.alive, ['other']);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /serves agent 'orders' too, and REDIS_URL is not set/);
  serving = [];
  for (let look = 0; look < 4; look += 1) await others.look();
  assert.deepEqual(others.alive, []);
});
