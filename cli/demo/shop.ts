import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Of the files that SQLite writes beside a database. */
const SUFFIXES = ['', '-wal', '-shm'];
/** Long enough to interrupt while a refund is under way. */
const BANK_MS = 1_500;

/** Gives the demo a new shop of its own, so that every run can refund the same order. Returns the database's file. */
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
