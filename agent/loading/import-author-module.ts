import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeLoadError } from './describe-load-error.ts';
import type { ModuleGeneration } from './module-generation.ts';

/** A module of the author's, as its load errors speak of it. */
export interface AuthorModule {
  /** Relative to the working directory. */
  readonly path: string;
  /** What it is, e.g. `agent module`. */
  readonly kind: string;
  /** The variable that names it. */
  readonly variable: string;
  /** A usual name of it, e.g. `agent.ts`. */
  readonly example: string;
}

type Exports = Readonly<Record<string, unknown>>;

/**
 * Imports a module of the author's. With a `generation` it and what it imports are new instances, which belong to it.
 * @throws Error whose message says what is wrong with the module and what to do
 */
export async function importAuthorModule(module: AuthorModule, generation?: ModuleGeneration): Promise<Exports> {
  const { path, variable, example } = module;
  const file = resolve(path);
  const found = await stat(file).catch(() => undefined);
  if (found === undefined)
    throw cannotLoad(
      module,
      `there is no file '${file}'; check ${variable}; the path is relative to the working directory`,
    );
  if (!found.isFile()) throw cannotLoad(module, `it is not a file; name the module in it, e.g. '${example}'`);
  const imported = import(generation?.urlOf(file) ?? pathToFileURL(file).href) as Promise<Exports>;
  const exports = await orNothingLeft(imported).catch(async (error: unknown) => {
    throw cannotLoad(module, await describeLoadError(error, file), error);
  });
  if (exports === undefined)
    throw cannotLoad(
      module,
      "importing it does not end: an 'await' at its top level waits for something that never comes",
    );
  return exports;
}

/** Undefined where the process has nothing left to do, and would end with the import unfinished. */
async function orNothingLeft(imported: Promise<Exports>): Promise<Exports | undefined> {
  const nothingLeft = Promise.withResolvers<undefined>();
  const onNothingLeft = (): void => nothingLeft.resolve(undefined);
  process.once('beforeExit', onNothingLeft);
  return Promise.race([imported, nothingLeft.promise]).finally(() => process.off('beforeExit', onNothingLeft));
}

export function cannotLoad({ kind, path }: AuthorModule, reason: string, cause?: unknown): Error {
  return new Error(`Cannot load ${kind} '${path}': ${reason}`, { cause });
}
