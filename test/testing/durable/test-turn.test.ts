import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { call, testTurn } from 'legato/testing';

const folder = mkdtempSync(join(tmpdir(), 'legato-test-turn-test-'));
after(() => rmSync(folder, { recursive: true }));
const agent = new URL('agent.ts', import.meta.url);
let env: Record<string, string>;
let count = 0;
beforeEach(() => (env = { FIXTURE_LOG: join(folder, `log-${(count += 1)}`) }));
const ran = () =>
  readFileSync(env.FIXTURE_LOG ?? '', 'utf8')
    .trim()
    .split('\n');

test('testTurn: without a kill it gives the record and all events', async () => {
  const turn = await testTurn({ agent, env, say: 'Look and pay', model: [call('look'), call('pay'), 'Done.'] });
  assert.equal(turn.outcome, 'answered');
  assert.equal(turn.wasKilled, false);
  assert.equal(turn.events.at(-1)?.type, 'turn.finished');
  assert.deepEqual(ran(), ['look', 'pay']);
});

for (const goesOn of ['other', 'restarted'] as const) {
  test(`testTurn: a write that a kill interrupts is not repeated, and the turn goes on (${goesOn})`, async () => {
    const model = [{ reply: [call('pay'), 'I do not know whether it was paid.'] }];
    const killOn = 'tool.started';
    const hangs = { ...env, FIXTURE_HANGS: '1' };
    const turn = await testTurn({ agent, say: 'Pay', model, killOn, goesOn, env: hangs });
    assert.equal(turn.wasKilled, true);
    assert.equal(turn.outcome, 'answered');
    const result = turn.items.find((item) => item.type === 'result');
    assert.equal(result?.error?.kind, 'outcome_unknown');
    assert.deepEqual(ran(), ['pay']);
  });
}
