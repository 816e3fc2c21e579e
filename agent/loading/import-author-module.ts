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

/**
 * Imports a module of the author's. With a `generation` it and what it imports are new instances, which belong to it.
 * @throws Error whose message says what is wrong with the module and what to do
 */
export async function importAuthorModule(
  module: AuthorModule,
  generation?: ModuleGeneration,
): Promise<Readonly<Record<string, unknown>>> {
  const { path, variable, example } = module;
  const file = resolve(path);
  const found = await stat(file).catch(() => undefined);
  if (found === undefined)
    throw cannotLoad(
      module,
      `there is no file '${file}'; check ${variable}; the path is relative to the working directory`,
    );
  if (!found.isFile()) throw cannotLoad(module, `it is not a file; name the module in it, e.g. '${example}'`);
  try {
    return (await import(generation?.urlOf(file) ?? pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw cannotLoad(module, await describeLoadError(error, file), error);
  }
}

export function cannotLoad({ kind, path }: AuthorModule, reason: string, cause?: unknown): Error {
  return new Error(`Cannot load ${kind} '${path}': ${reason}`, { cause });
}
