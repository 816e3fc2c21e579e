import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What SQLite keeps beside a database. */
const SUFFIXES = ['', '-wal', '-shm'];
/** Long enough to cut in while a refund is under way. */
const BANK_MS = 1_500;

/** A shop of the demo's own, as new in every run: what a run refunds can be refunded by the next one. Returns its file. */
export async function useFreshOrders(dataDir: string): Promise<string> {
  const file = join(dataDir, 'demo-orders.sqlite');
  await mkdir(dataDir, { recursive: true });
  for (const suffix of SUFFIXES) await rm(`${file}${suffix}`, { force: true });
  // eslint-disable-next-line no-restricted-syntax -- set, not read: the example's agent runs in this process and takes it from here
  Object.assign(process.env, { ORDERS_DATABASE: file, ORDERS_BANK_MS: String(BANK_MS) });
  return file;
}

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
