import type { Logger } from 'pino';
import type { ThrownElsewhere, ToolWorkerDependencies } from '../../activities/run-tool.ts';
import { toErrorFields } from '../log/error-fields.ts';
import { createHiding } from '../log/hidden-words.ts';

/** Logs what tools throw at a tools-only worker, where no line about the turn will tell it: without arguments and secrets. */
export function createThrownReport(logger: Pick<Logger, 'warn'>): ToolWorkerDependencies['onThrown'] {
  return ({ conversation, turn, call, thrown, given, secrets }: ThrownElsewhere) => {
    const hide = createHiding({ items: [], arguments: [given], secrets });
    logger.warn({ conversation, turn, call, err: toErrorFields(thrown, hide) }, 'A tool threw');
  };
}
