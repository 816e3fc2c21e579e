import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ABSENT, filePrint } from './file-print.ts';
import { isInPackage } from './in-package.ts';

interface Source {
  readonly path: string;
  readonly text: string;
}

export interface NamedFile {
  readonly path: string;
  /** Of a module. */
  readonly text?: string;
}

/** A quoted text that may be the name of a file: it ends in an extension. */
const NAME = /['"`]([^'"`\n\r]{0,200}\.[A-Za-z]\w{0,7})['"`]/g;
const MODULE = /\.(?:[cm]?[jt]s|json)$/;
const MAX_FILES = 1_000;

/**
 * The files whose paths stand in modules as quoted text, relative to the module or to the working directory: what they import
 * when they run, or read, such as `new URL('prompt.md', import.meta.url)`. Modules that are found are searched too.
 */
export function findNamedFiles(sources: readonly Source[]): readonly NamedFile[] {
  const seen = new Set(sources.map(({ path }) => path));
  const found: NamedFile[] = [];
  const waiting = [...sources];
  for (let source = waiting.pop(); source; source = waiting.pop()) {
    for (const path of pathsIn(source)) {
      if (seen.has(path) || found.length >= MAX_FILES) continue;
      seen.add(path);
      if (filePrint(path) === ABSENT) continue;
      const text = MODULE.test(path) ? readText(path) : undefined;
      found.push({ path, ...(text !== undefined && { text }) });
      if (text !== undefined) waiting.push({ path, text });
    }
  }
  return found;
}

function pathsIn({ path, text }: Source): readonly string[] {
  const names = [...text.matchAll(NAME)].map(([, name = '']) => name);
  const paths = names.flatMap((name) => [resolve(dirname(path), name), resolve(name)]);
  return paths.filter((found) => !isInPackage(found));
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // Who imports it gets the error.
  }
}
