import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const agent = fileURLToPath(new URL('../../examples/orders/agent.ts', import.meta.url));

function run(...args: readonly string[]) {
  const env = { ...process.env, TEMPORAL_ADDRESS: '127.0.0.1:1', LEGATO_AGENT: agent };
  return spawnSync(process.execPath, ['--conditions=legato-source', main, 'worker', ...args], {
    env,
    encoding: 'utf8',
  });
}

test('legato worker: a group without --only tools is refused, with what to add', () => {
  const { status, stderr } = run('--group', 'warehouse');
  assert.deepEqual([status, stderr], [1, "'--group' is for a worker that runs tools; add '--only tools'\n"]);
});

test('legato worker: --only takes no other part than tools', () => {
  const { status, stderr } = run('--only', 'turns');
  assert.equal(status, 1);
  assert.match(stderr, /'turns' is invalid.*Allowed choices are tools/);
});

test('legato worker: an agent without tools for workers is refused before Temporal is asked', () => {
  const { status, stderr } = run('--only', 'tools');
  assert.equal(status, 1);
  assert.match(stderr, /^No tool of agent 'orders' runs at a tools-only worker; give one the option 'worker'/);
});
