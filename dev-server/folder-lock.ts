import { setTimeout as delay } from 'node:timers/promises';
import lockfile from 'proper-lockfile';

const retryMs = 250;

/** Runs `work` while no other process holds the lock of that folder; calls `onWait` once if it has to wait. */
export async function withFolderLock<T>(folder: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  let release = await tryLock(folder);
  if (!release) onWait();
  while (!release) {
    await delay(retryMs);
    release = await tryLock(folder);
  }
  try {
    return await work();
  } finally {
    await release().catch(() => undefined); // the lock was lost before: there is nothing to release
  }
}

async function tryLock(folder: string): Promise<(() => Promise<void>) | undefined> {
  try {
    // A machine that slept loses its lock. What runs under it replaces files by renaming and is safe to finish.
    return await lockfile.lock(folder, { onCompromised: () => undefined });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return undefined;
    throw error;
  }
}
