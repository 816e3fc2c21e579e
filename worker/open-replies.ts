import type { Logger } from 'pino';
import { loadReplies } from '../agent/load-replies.ts';
import type { ModuleGeneration } from '../agent/loading/module-generation.ts';
import type { AuthorCode } from '../live/calls/author-code.ts';
import type { LanguageModel } from '../providers/model.ts';
import { createRepliesModel } from '../providers/replies/replies-model.ts';

export interface RepliesSetting {
  /** Of the author's module, relative to the working directory. */
  readonly path: string;
  readonly authors: AuthorCode;
  readonly logger: Logger;
}

/** A model that answers by the rules of a module. Throws an Error that says what is wrong with the module. */
export async function openReplies(
  { path, authors, logger }: RepliesSetting,
  generation?: ModuleGeneration,
): Promise<LanguageModel> {
  const rules = await authors.follow({}, () => loadReplies(path, generation));
  // What was said is not logged; the caller hears it.
  const onUnmatched = (): void =>
    logger.warn(
      `No rule of '${path}' fits what the caller said, which the agent's answer quotes; add { when: 'words of the caller', reply: '…' }, or a last rule without 'when'`,
    );
  return createRepliesModel({ rules, path, onUnmatched });
}
