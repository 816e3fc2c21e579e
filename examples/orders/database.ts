import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

let opened: DatabaseSync | undefined;

/** The shop's database, made and filled on first use. */
export function openShop(): DatabaseSync {
  opened ??= createShop(resolve(process.env.ORDERS_DATABASE ?? join('.legato', 'orders.sqlite')));
  return opened;
}

function createShop(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  const shop = new DatabaseSync(file, { timeout: 1000 });
  shop.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE');
  const { user_version: version } = shop.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version === 0) shop.exec(`${readSql('schema.sql')} ${readSql('seed.sql')} PRAGMA user_version = 1`);
  shop.exec('COMMIT');
  return shop;
}

function readSql(name: string): string {
  return readFileSync(join(import.meta.dirname, name), 'utf8');
}
