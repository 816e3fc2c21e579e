import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What SQLite keeps beside a database. */
const SUFFIXES = ['', '-wal', '-shm'];

/** A shop of the demo's own, as new in every run: what a run refunds can be refunded by the next one. */
export async function useFreshOrders(dataDir: string): Promise<void> {
  const file = join(dataDir, 'demo-orders.sqlite');
  await mkdir(dataDir, { recursive: true });
  for (const suffix of SUFFIXES) await rm(`${file}${suffix}`, { force: true });
  // eslint-disable-next-line no-restricted-syntax -- set, not read: the example's agent runs in this process and takes it from here
  process.env['ORDERS_DATABASE'] = file;
}
