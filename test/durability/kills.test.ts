import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { runKills } from './kill-run.ts';

// A short run of `npm run test:kills`.

test('kill -9 within 50 ms of a completion: no result is lost, no write runs twice, no turn stays open', async (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`again with: npm run test:kills -- --seed ${seed} --turns 10`);
  const { faults, played } = await runKills({ seed, turns: 10, kills: 2 });
  assert.deepEqual(faults, []);
  assert.ok(played > 0);
});
