import { rulesFaults } from '../providers/replies/check-rules.ts';
import type { Rule } from '../providers/replies/script.ts';
import { cannotLoad, importAuthorModule } from './loading/import-author-module.ts';
import type { ModuleGeneration } from './loading/module-generation.ts';

/**
 * Imports a module whose default export is the rules that answer in place of a model; `path` is relative to the working
 * directory. With a `generation` the author's modules are new instances, which belong to it.
 * @throws Error whose message says what is wrong with the module and what to do
 */
export async function loadReplies(path: string, generation?: ModuleGeneration): Promise<readonly Rule[]> {
  const named = { path, kind: 'replies', variable: 'LEGATO_REPLIES', example: 'replies.ts' };
  const module = await importAuthorModule(named, generation);
  if (!('default' in module))
    throw cannotLoad(named, "it has no default export; add 'export default [{ when: …, reply: … }]'");
  const faults = rulesFaults(module.default);
  if (faults.length === 0) return module.default as readonly Rule[];
  const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
  throw cannotLoad(named, [`its default export has ${count}:`, ...faults].join('\n- '));
}
