import { statSync, type BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Differs once a file was written, replaced or removed. */
export type FilePrint = string;

/** Of a file that is not there, or cannot be reached. */
export const ABSENT: FilePrint = 'absent';

export function filePrint(path: string): FilePrint {
  try {
    return toPrint(statSync(path, { bigint: true }));
  } catch {
    return ABSENT;
  }
}

/** Never rejects. */
export async function readPrint(path: string): Promise<FilePrint> {
  return stat(path, { bigint: true }).then(toPrint, () => ABSENT);
}

function toPrint(stats: BigIntStats): FilePrint {
  return stats.isFile() ? `${stats.ino}-${stats.size}-${stats.mtimeNs}` : ABSENT;
}
