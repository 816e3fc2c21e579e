import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Agent } from './agent.ts';
import { isAgent } from './define-agent.ts';

/**
 * Imports an agent module; `path` is relative to the working directory.
 * @throws Error whose message says what is wrong with the module and what to do
 */
export async function loadAgent(path: string): Promise<Agent> {
  const file = resolve(path);
  const found = await stat(file).catch(() => undefined);
  if (found === undefined)
    throw cannotLoad(
      path,
      `there is no file '${file}'; check LEGATO_AGENT; the path is relative to the working directory`,
    );
  if (!found.isFile()) throw cannotLoad(path, "it is not a file; name the module in it, e.g. 'agent.ts'");

  const module = await importModule(path, file);
  if (isAgent(module.default)) return module.default;
  if (!('default' in module))
    throw cannotLoad(path, "it has no default export; add 'export default defineAgent({ … })'");
  throw cannotLoad(path, "its default export is not an agent; export what 'defineAgent' returns");
}

async function importModule(path: string, file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof Error && error.name === 'AgentDefinitionError') {
      throw cannotLoad(path, lowerFirst(error.message), error);
    }
    throw cannotLoad(path, reasonOf(error), error);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `it threw '${String(error)}'; fix the module`;
  const firstLine = error.message.trim().split('\n')[0] ?? '';
  if (/Cannot find package 'legato'/.test(firstLine)) {
    return "it cannot find the package 'legato'; install it next to the module, or keep the module inside the checkout";
  }
  return error instanceof SyntaxError
    ? `it has a syntax error: ${firstLine}; fix the module`
    : `importing it failed: ${firstLine}; fix the module`;
}

function cannotLoad(path: string, reason: string, cause?: unknown): Error {
  return new Error(`Cannot load agent module '${path}': ${reason}`, { cause });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
