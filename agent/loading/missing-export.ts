import { dirname, resolve } from 'node:path';
import { suggestName } from '../definition/nearest-name.ts';
import { type Place, readLines } from './code-frame.ts';
import type { LoadFault } from './load-fault.ts';

const MISSING = /^The requested module '(?<from>.+)' does not provide an export named '(?<name>.+)'/;
const MISSING_IN_COMMONJS = /^Named export '(?<name>.+)' not found\. The requested module '(?<from>.+)' is a CommonJS/;
const EXPORT =
  /^export\s+(?:declare\s+)?(?:async\s+)?(?:abstract\s+)?(?<kind>const|let|var|function\*?|class|type|interface)\s+(?<name>[\w$]+)/;
const TYPE = /^(?:type|interface)$/;

/** An import of a name that the module does not export, which Node calls a syntax error; undefined for any other error. */
export async function describeMissingExport(error: Error, place: Place): Promise<LoadFault | undefined> {
  const commonjs = MISSING_IN_COMMONJS.exec(error.message)?.groups;
  if (commonjs !== undefined) {
    const { name = '', from = '' } = commonjs;
    const advice = `import the default, and write: const { ${name} } = theDefault`;
    return {
      reason: `it imports '${name}' from '${from}', a CommonJS module without that named export; ${advice}`,
      place,
    };
  }
  const { name, from } = MISSING.exec(error.message)?.groups ?? {};
  if (name === undefined || from === undefined) return undefined;
  return {
    reason: `it imports '${name}' from '${from}', which does not export it; ${await adviceFor(name, from, place)}`,
    place,
  };
}

async function adviceFor(name: string, from: string, { file }: Place): Promise<string> {
  const known = await exportsOf(from, file);
  if (known.some((one) => one.name === name && one.isType)) {
    return `it is a type there, so write: import type { ${name} } from '${from}'`;
  }
  const names = known.filter(({ isType }) => !isType).map((one) => one.name);
  if (name === 'default' && names.length > 0) return `import a name in braces: ${suggestName('', names, 'names')}`;
  return names.length > 0 ? suggestName(name, names, 'names') : 'correct the name, or export it there';
}

interface Exported {
  readonly name: string;
  readonly isType: boolean;
}

/** As far as they can be seen without running the module: of a file by its lines, of this package by itself. */
async function exportsOf(from: string, importer: string): Promise<readonly Exported[]> {
  if (from === 'legato') return Object.keys(await import('../index.ts')).map((name) => ({ name, isType: false }));
  if (!from.startsWith('.')) return [];
  const lines = readLines(resolve(dirname(importer), from));
  return lines.flatMap((line) => {
    const { kind, name } = EXPORT.exec(line)?.groups ?? {};
    return kind === undefined || name === undefined ? [] : [{ name, isType: TYPE.test(kind) }];
  });
}
