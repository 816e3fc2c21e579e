import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Agent } from './agent.ts';
import { isAgent } from './define-agent.ts';
import { describeLoadError } from './loading/describe-load-error.ts';
import type { ModuleGeneration } from './loading/module-generation.ts';

/**
 * Imports an agent module; `path` is relative to the working directory. With a `generation` all of the author's modules are
 * new instances, which belong to it.
 * @throws Error whose message says what is wrong with the module and what to do
 */
export async function loadAgent(path: string, generation?: ModuleGeneration): Promise<Agent> {
  const file = resolve(path);
  const found = await stat(file).catch(() => undefined);
  if (found === undefined)
    throw cannotLoad(
      path,
      `there is no file '${file}'; check LEGATO_AGENT; the path is relative to the working directory`,
    );
  if (!found.isFile()) throw cannotLoad(path, "it is not a file; name the module in it, e.g. 'agent.ts'");

  const module = await importModule(path, file, generation);
  if (isAgent(module.default)) return module.default;
  if (!('default' in module))
    throw cannotLoad(path, "it has no default export; add 'export default defineAgent({ … })'");
  throw cannotLoad(path, "its default export is not an agent; export what 'defineAgent' returns");
}

async function importModule(
  path: string,
  file: string,
  generation: ModuleGeneration | undefined,
): Promise<Record<string, unknown>> {
  try {
    return (await import(generation?.urlOf(file) ?? pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    throw cannotLoad(path, await describeLoadError(error, file), error);
  }
}

function cannotLoad(path: string, reason: string, cause?: unknown): Error {
  return new Error(`Cannot load agent module '${path}': ${reason}`, { cause });
}
