import { defineTool } from 'legato';
import { z } from 'zod';
import { openShop } from './database.ts';

const Order = z.object({
  order_id: z.string(),
  status: z.enum(['processing', 'shipped', 'delivered', 'cancelled', 'returned']),
  item: z.string(),
  total_cents: z.int(),
  currency: z.literal('EUR'),
  tracking: z.string().optional(),
  eta: z.string().optional(),
});
type Order = z.infer<typeof Order>;

interface OrderRow {
  readonly order_id: string;
  readonly status: Order['status'];
  readonly item: string;
  readonly total_cents: number;
  readonly tracking: string | null;
  readonly tracking_state: string | null;
  readonly eta: string | null;
}

export const findOrder = defineTool({
  name: 'find_order',
  description: 'Finds an order by its number: status, item, total, tracking number and expected arrival',
  input: z.object({ order_id: z.string().describe('The number as the caller said it, digits only') }),
  output: Order,
  effect: 'read',
  run: ({ order_id }) => {
    const row = readOrder('WHERE order_id = ?', order_id);
    if (row === undefined) throw new Error(`There is no order '${order_id}'; ask the caller to repeat the number`);
    return toOrder(row);
  },
});

/** The shop knows a caller by the telephone; here every call comes from the same customer. */
export const latestOrder = defineTool({
  name: 'latest_order',
  description: "The caller's latest order, for when the caller does not know its number",
  input: z.object({}),
  output: Order,
  effect: 'read',
  run: () => {
    const row = readOrder("WHERE customer = 'caller' ORDER BY placed_at DESC LIMIT 1");
    if (row === undefined) throw new Error('This caller has no orders');
    return toOrder(row);
  },
});

function readOrder(which: string, ...values: string[]): OrderRow | undefined {
  const columns =
    'order_id, status, name AS item, price_cents * quantity AS total_cents, tracking, tracking_state, eta';
  const query = openShop().prepare(`SELECT ${columns} FROM orders JOIN products ON product_id = id ${which}`);
  return query.get(...values) as OrderRow | undefined;
}

function toOrder({ tracking, tracking_state, eta, ...order }: OrderRow): Order {
  if (tracking_state === 'carrier_unreachable') {
    throw new Error("The carrier's system does not answer, so the order cannot be looked up now; it may work later");
  }
  return { ...order, currency: 'EUR', ...(tracking !== null && { tracking }), ...(eta !== null && { eta }) };
}
