import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { needsRedis } from '../peers/redis-server.ts';
import { runChaos } from './run-chaos.ts';
import { planFaults } from './topology/fault-plan.ts';

// Short runs of `npm run chaos`.

const SECONDS = 20;

for (const processes of [2, 3, 3])
  test(
    `chaos: nothing is lost, doubled or out of order where ${processes} processes are broken at random`,
    needsRedis,
    async (t) => {
      const seed = randomInt(2 ** 31);
      t.diagnostic(
        `again with: npm run chaos -- --seed ${seed} --minutes ${SECONDS / 60} --processes ${processes} --callers 4`,
      );
      const { findings, stories, summary } = await runChaos({
        seed,
        durationMs: SECONDS * 1_000,
        processes,
        callers: 4,
      });
      t.diagnostic(summary);
      const found = [...findings].flatMap(([name, all]) => all.map(({ of, what }) => `${name}: ${of}: ${what}`));
      for (const story of found.length > 0 ? stories : []) console.error(story);
      assert.deepEqual(found, []);
    },
  );

test('chaos: a seed gives the same faults, one every two seconds on average, of all kinds', () => {
  const options = { seed: 7, durationMs: 2_000_000, places: 3 };
  const plan = planFaults(options);
  assert.deepEqual(plan, planFaults(options));
  assert.notDeepEqual(plan, planFaults({ ...options, seed: 8 }));
  assert.ok(Math.abs(plan.length - 1_000) < 50, `${plan.length} faults`);
  assert.equal(new Set(plan.map(({ kind }) => kind)).size, 9);
});
