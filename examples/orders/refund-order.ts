import { setTimeout as sleep } from 'node:timers/promises';
import { defineTool } from 'legato';
import { z } from 'zod';
import { openShop } from './database.ts';

const Refund = z.object({ refund_id: z.string(), order_id: z.string(), amount_cents: z.int() });
type Refund = z.infer<typeof Refund>;

const REFUNDABLE = new Set(['shipped', 'delivered', 'returned']);

export const refundOrder = defineTool({
  name: 'refund_order',
  description: 'Pays an order back. Only when the caller asked for it and gave a reason',
  input: z.object({ order_id: z.string(), reason: z.string().describe("The caller's reason, in a few words") }),
  output: Refund,
  effect: 'write',
  run: async ({ order_id, reason }, { idempotencyKey }) => {
    await askBank(); // Nothing is awaited between the check for an earlier refund and the insert.
    const done = findRefund('idempotency_key', idempotencyKey);
    if (done !== undefined) return done;
    if (findRefund('order_id', order_id) !== undefined) throw new Error(`Order '${order_id}' was paid back before`);
    const amountCents = refundableCents(order_id);
    const refund = { refund_id: `R-${order_id}`, order_id, amount_cents: amountCents };
    openShop()
      .prepare(
        'INSERT INTO refunds (refund_id, order_id, amount_cents, reason, idempotency_key) VALUES (?, ?, ?, ?, ?)',
      )
      .run(refund.refund_id, order_id, amountCents, reason, idempotencyKey);
    return refund;
  },
});

/** A real shop would ask its bank here. It takes `ORDERS_BANK_MS`, by default no time. */
async function askBank(): Promise<void> {
  const takesMs = Number(process.env.ORDERS_BANK_MS ?? 0);
  if (takesMs > 0) await sleep(takesMs);
}

function findRefund(column: 'idempotency_key' | 'order_id', value: string): Refund | undefined {
  const query = openShop().prepare(`SELECT refund_id, order_id, amount_cents FROM refunds WHERE ${column} = ?`);
  return query.get(value) as Refund | undefined;
}

function refundableCents(orderId: string): number {
  const query = openShop().prepare(
    'SELECT status, price_cents * quantity AS cents FROM orders JOIN products ON product_id = id WHERE order_id = ?',
  );
  const order = query.get(orderId) as { status: string; cents: number } | undefined;
  if (order === undefined) throw new Error(`There is no order '${orderId}'; ask the caller to repeat the number`);
  if (!REFUNDABLE.has(order.status))
    throw new Error(`Order '${orderId}' is ${order.status}, so there is nothing to pay back`);
  return order.cents;
}
