import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/**
 * Removes the members of the cluster that an earlier run left in the database. A server looks for them first and takes
 * no work for most of a minute when they have other ports now. Only for a database that no server has open.
 */
export function forgetMembers(databaseFile: string): void {
  if (!existsSync(databaseFile)) return;
  const database = new DatabaseSync(databaseFile);
  try {
    const table = database.prepare("SELECT name FROM sqlite_master WHERE name = 'cluster_membership'").get();
    if (table) database.exec('DELETE FROM cluster_membership');
  } finally {
    database.close();
  }
}
