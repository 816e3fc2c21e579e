import { setTimeout as delay } from 'node:timers/promises';
import { type FilePrint, readPrint } from '../../agent/loading/file-print.ts';

/** Files by path, each with its print when it was last read. */
export type WatchedFiles = ReadonlyMap<string, FilePrint>;

/** Told which files have changed, and what all watched ones are like now. Returns what to watch from now on. */
export type OnChange = (changed: readonly string[], now: WatchedFiles) => Promise<WatchedFiles>;

const LOOK_MS = 150;
/** An editor may write a file in several parts. */
const SETTLE_MS = 40;

/**
 * Watches single files until `signal` is aborted. It looks at them several times a second instead of asking the system for
 * events: those are lost where an editor replaces the file, where a folder is replaced, and on shared or mounted disks. Some
 * dozen files cost under a thousandth of a core.
 */
export async function watchFiles(files: WatchedFiles, onChange: OnChange, signal: AbortSignal): Promise<void> {
  let watched = files;
  while (await wait(LOOK_MS, signal)) {
    let now = await printsOf(watched);
    if (changesOf(watched, now).length === 0) continue;
    for (let before = new Map(); changesOf(before, now).length > 0 && (await wait(SETTLE_MS, signal));) {
      before = now;
      now = await printsOf(watched);
    }
    if (signal.aborted) return;
    const changed = changesOf(watched, now);
    // A file that is as it was again, after all.
    if (changed.length > 0) watched = await onChange(changed, now);
  }
}

async function printsOf(files: WatchedFiles): Promise<Map<string, FilePrint>> {
  const paths = [...files.keys()];
  const prints = await Promise.all(paths.map(readPrint));
  return new Map(paths.map((path, index) => [path, prints[index] ?? '']));
}

function changesOf(before: WatchedFiles, now: WatchedFiles): string[] {
  return [...now].flatMap(([path, print]) => (before.get(path) === print ? [] : [path]));
}

/** False once there is nothing to wait for. */
async function wait(ms: number, signal: AbortSignal): Promise<boolean> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined); // aborted: seen below
  return !signal.aborted;
}
