import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool, type Reconciled } from 'legato';
import { reconcileTool, runTool, ToolCallError } from 'legato/testing';
import { z } from 'zod';

const payments = new Map<string, { readonly cents: number }>();
const pay = defineTool({
  ...{ name: 'pay', description: 'Pays', input: z.object({ cents: z.int() }), effect: 'write', timeoutMs: 50 },
  output: z.object({ cents: z.int() }),
  run: ({ cents }, { idempotencyKey }) => {
    payments.set(idempotencyKey, { cents });
    return { cents };
  },
  reconcile: async ({ cents }, key, { signal }): Promise<Reconciled<{ cents: number }>> => {
    if (cents === 1) throw new RangeError('The bank is closed');
    if (cents === 2) return { outcome: 'done', result: { cents: 0.5 } };
    if (cents === 3) return { outcome: 'perhaps' } as never;
    if (cents === 4) await new Promise((_, reject) => signal.addEventListener('abort', reject));
    if (cents === 5) return { outcome: 'unknown' };
    const result = payments.get(key);
    return result ? { outcome: 'done', result } : { outcome: 'not_done' };
  },
});

test('reconcileTool: it answers by the key whether the call happened', async () => {
  const [idempotencyKey, turnId] = ['turn-1/tool:1:0:pay', 'turn-1'];
  assert.deepEqual(await reconcileTool(pay, { cents: 100 }, { turnId }), { outcome: 'not_done' });
  await runTool(pay, { cents: 100 }, { idempotencyKey });
  assert.deepEqual(await reconcileTool(pay, { cents: 100 }, { turnId }), { outcome: 'done', result: { cents: 100 } });
  assert.deepEqual(await reconcileTool(pay, { cents: 5 }), { outcome: 'unknown' });
});

for (const [cents, title, cause] of [
  [1, 'that throws', /The bank is closed/],
  [2, 'whose result does not fit', /'reconcile' says that it is done, but Result of 'pay' cannot be used/],
  [3, 'with an unknown outcome', /'reconcile' must answer .* got an object whose 'outcome' is the string "perhaps"/],
  [4, 'that takes longer than timeoutMs', /'reconcile' did not answer within 50 ms/],
] as const) {
  test(`reconcileTool: an answer ${title} is thrown as an unknown outcome, with the cause`, async () => {
    await assert.rejects(reconcileTool(pay, { cents }), (error: ToolCallError) => {
      assert.equal(error.kind, 'outcome_unknown');
      assert.match(String(error.cause), cause);
      return error instanceof ToolCallError;
    });
  });
}

test('reconcileTool: a tool without the function is an error that says so', async () => {
  const book = defineTool({
    ...{ name: 'book', description: 'Books', input: z.object({}), effect: 'write' },
    run: () => 1,
  });
  await assert.rejects(reconcileTool(book, {}), /Tool 'book' has no 'reconcile'/);
});
