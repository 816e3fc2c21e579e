import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Place } from './code-frame.ts';
import { placeAbove } from './error-places.ts';

const SPECIFIER = /(?:\bfrom|\bimport)\s*\(?\s*['"](?<specifier>\.[^'"]+)['"]/g;
const CHECK_MS = 10_000;
const MAX_FILES = 100;

/**
 * Looks for the module that Node's parser refuses, in a file and in what it imports by relative paths: the error that an
 * import is rejected with does not name it. Parses only; nothing is run.
 */
export async function findSyntaxError(file: string): Promise<Place | undefined> {
  const files = new Set([file]);
  for (const path of files) {
    const source = await readSource(path);
    if (source === undefined) continue;
    const place = await parse(path, source);
    if (place !== undefined) return place;
    for (const { groups } of source.matchAll(SPECIFIER)) {
      if (files.size < MAX_FILES) files.add(resolve(dirname(path), groups?.specifier ?? ''));
    }
  }
  return undefined;
}

/** In a process of its own: Node warns that the function is experimental. */
const ERASE = `
  const source = require('node:fs').readFileSync(process.argv[1], 'utf8');
  process.stdout.write(require('node:module').stripTypeScriptTypes(source));`;

/** A module as JavaScript: erased types leave everything at its place. Undefined if it cannot be read or erased, which Node has reported with its place. */
async function readSource(file: string): Promise<string | undefined> {
  if (!/\.[cm]?[jt]s$/.test(file)) return undefined;
  if (!file.endsWith('ts')) return readFile(file, 'utf8').catch(() => undefined);
  const { stdout } = await runNode(['--no-warnings', '--input-type=commonjs', '--eval', ERASE, file]);
  return stdout === '' ? undefined : stdout;
}

async function parse(file: string, source: string): Promise<Place | undefined> {
  const kind = /\.c[jt]s$/.test(file) ? 'commonjs' : 'module';
  const { stderr } = await runNode(['--check', `--input-type=${kind}`, '-'], source);
  return placeAbove(stderr.replace(/^\[stdin\]:/, `${file}:`));
}

function runNode(args: readonly string[], input = ''): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return new Promise((done) => {
    const options = { timeout: CHECK_MS, env: {}, maxBuffer: Infinity };
    const node = execFile(process.execPath, args, options, (_, stdout, stderr) => done({ stdout, stderr }));
    // It may end before it has read everything; what it wrote counts.
    node.stdin?.on('error', () => undefined);
    node.stdin?.end(input);
  });
}
