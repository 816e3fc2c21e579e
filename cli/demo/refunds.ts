import { DatabaseSync } from 'node:sqlite';

/** A row of the shop's table `refunds`. */
export interface Refund {
  readonly refund_id: string;
  readonly order_id: string;
  readonly amount_cents: number;
  readonly idempotency_key: string;
}

/** All refunds that the shop has made, as its database has them. */
export function readRefunds(shop: string): readonly Refund[] {
  using database = new DatabaseSync(shop, { readOnly: true });
  const query = database.prepare('SELECT refund_id, order_id, amount_cents, idempotency_key FROM refunds');
  return query.all() as unknown as readonly Refund[];
}
