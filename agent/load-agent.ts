import type { Agent } from './agent.ts';
import { isAgent } from './define-agent.ts';
import { cannotLoad, importAuthorModule } from './loading/import-author-module.ts';
import type { ModuleGeneration } from './loading/module-generation.ts';

/**
 * Imports an agent module; `path` is relative to the working directory. With a `generation` all of the author's modules are
 * new instances, which belong to it.
 * @throws Error whose message says what is wrong with the module and what to do
 */
export async function loadAgent(path: string, generation?: ModuleGeneration): Promise<Agent> {
  const named = { path, kind: 'agent module', variable: 'LEGATO_AGENT', example: 'agent.ts' };
  const module = await importAuthorModule(named, generation);
  if (isAgent(module.default)) return module.default;
  if (!('default' in module))
    throw cannotLoad(named, "it has no default export; add 'export default defineAgent({ … })'");
  throw cannotLoad(named, "its default export is not an agent; export what 'defineAgent' returns");
}
