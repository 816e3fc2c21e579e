import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

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
