import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { nearestName } from '../definition/nearest-name.ts';
import { fileText, type Place, readLines } from './code-frame.ts';
import type { LoadFault } from './load-fault.ts';

const NOT_FOUND = /^Cannot find (?<kind>module|package) '(?<name>.+)' imported from (?<importer>.+)$/;
const NOT_EXPORTED =
  /^Package subpath '\.\/(?<path>.+)' is not defined by "exports" in .+ imported from (?<importer>.+)$/;
const EXTENSIONS = ['.ts', '.js', '.mts', '.mjs', '/index.ts', '/index.js'];

/** An import of what is not there; undefined for any other error. */
export function describeMissingModule(error: Error): LoadFault | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return describeUnexported(error);
  if (code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  const { kind, name, importer } = NOT_FOUND.exec(error.message.split('\n')[0] ?? '')?.groups ?? {};
  if (name === undefined || importer === undefined) return undefined;
  const isWanted = (specifier: string): boolean =>
    kind === 'package'
      ? specifier === name || specifier.startsWith(`${name}/`)
      : specifier.startsWith('.') && resolve(dirname(importer), specifier) === name;
  const place = findImport(importer, isWanted);
  const reason = kind === 'package' ? missingPackage(name) : missingFile(name, importer);
  return place === undefined ? { reason } : { reason, place };
}

/** An import of a part of Legato that is not one of its entries; undefined for other packages. */
function describeUnexported({ message }: Error): LoadFault | undefined {
  const { path, importer } = NOT_EXPORTED.exec(message)?.groups ?? {};
  if (path === undefined || importer === undefined) return undefined;
  const place = findImport(importer, (specifier) => specifier === `legato/${path}`);
  if (place === undefined) return undefined;
  const reason = `it imports 'legato/${path}', which is no entry of the package; import from 'legato', 'legato/client' or 'legato/testing'`;
  return { reason, place };
}

function missingPackage(name: string): string {
  if (name === 'legato') {
    return "it cannot find the package 'legato'; install it next to the module, or keep the module inside the checkout";
  }
  return `it imports the package '${name}', which is not installed; run 'npm install ${name}', or correct the name`;
}

function missingFile(path: string, importer: string): string {
  const found = nearestFile(path);
  const advice = found === undefined ? 'correct the path' : `did you mean '${specifierOf(found, importer)}'?`;
  return `it imports '${fileText(path)}', but there is no such file; ${advice}`;
}

function nearestFile(path: string): string | undefined {
  const extension = EXTENSIONS.find((ending) => existsSync(`${path}${ending}`));
  if (extension !== undefined) return `${path}${extension}`;
  // TypeScript's habit of importing the file that it would write.
  const written = path.replace(/\.js$/, '.ts');
  if (existsSync(written)) return written;
  const folder = dirname(path);
  const name = existsSync(folder) ? nearestName(basename(path), readdirSync(folder)) : undefined;
  return name === undefined ? undefined : resolve(folder, name);
}

function specifierOf(file: string, importer: string): string {
  const path = relative(dirname(importer), file).replaceAll(sep, '/');
  return path.startsWith('.') ? path : `./${path}`;
}

/** The first quoted text of a file that is such a specifier. */
function findImport(file: string, isWanted: (specifier: string) => boolean): Place | undefined {
  for (const [index, text] of readLines(file).entries()) {
    for (const { 1: specifier = '', index: column } of text.matchAll(/['"]([^'"]+)['"]/g)) {
      if (isWanted(specifier)) return { file, line: index + 1, column: column + 1 };
    }
  }
  return undefined;
}
