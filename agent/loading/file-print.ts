import { statSync, type BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Differs once a file was written, replaced or removed. */
export type FilePrint = string;

const ABSENT: FilePrint = 'absent';

export function filePrint(path: string): FilePrint {
  return toPrint(statSync(path, { bigint: true, throwIfNoEntry: false }));
}

/** Never rejects: a file that cannot be reached is absent. */
export async function readPrint(path: string): Promise<FilePrint> {
  return toPrint(await stat(path, { bigint: true }).catch(() => undefined));
}

function toPrint(stats: BigIntStats | undefined): FilePrint {
  if (!stats?.isFile()) return ABSENT;
  return `${stats.ino}-${stats.size}-${stats.mtimeNs}`;
}
