import type { Filler, OnFailure, ToolPolicy } from '../../contract/rounds.ts';
import type { OnThrown, Tool, ToolSource } from '../agent.ts';
import type { ToolDefinition } from '../define-tool.ts';
import { phrasesFor } from './author-functions.ts';

export const TIMEOUT_MS = 2000;
export const BUDGET_MS = 3000;
export const FIRST_DELAY_MS = 100;
/** What the effect decides. */
export const DEFAULTS = {
  read: { attempts: 2, start: 'at_once', onBargeIn: 'cancel', onDuplicate: 'allow' },
  write: { attempts: 1, start: 'after_speech_starts', onBargeIn: 'continue', onDuplicate: 'join' },
} as const;

/** `tools` are asked for fallbacks when a call is planned; by then all of them are known. */
export function createPolicy(definition: ToolDefinition, tools: ToolSource): Tool['policyFor'] {
  const { effect, retry, onFailure } = definition;
  const usual = DEFAULTS[effect];
  const fixed: Omit<ToolPolicy, 'fillers' | 'onFailure'> = {
    effect,
    timeoutMs: definition.timeoutMs ?? TIMEOUT_MS,
    budgetMs: definition.budgetMs ?? BUDGET_MS,
    attempts: retry?.attempts ?? usual.attempts,
    firstDelayMs: retry?.firstDelayMs ?? FIRST_DELAY_MS,
    start: definition.start ?? usual.start,
    onBargeIn: definition.onBargeIn ?? usual.onBargeIn,
    cacheMs: definition.cacheMs ?? 0,
    thread: definition.thread ?? false,
  };
  return (args, onThrown) => ({
    ...fixed,
    fillers: fillersFor(definition, { args, onThrown }),
    ...(onFailure !== undefined && { onFailure: failureFor(onFailure, { args, onThrown }, tools) }),
  });
}

/** What the author's functions are given of one call. */
interface Given {
  readonly args: unknown;
  readonly onThrown: OnThrown | undefined;
}

function fillersFor({ fillers = [] }: ToolDefinition, { args, onThrown }: Given): readonly Filler[] {
  return fillers.flatMap(({ afterMs, say }) => {
    const phrases = phrasesFor(say, args, onThrown);
    return phrases === undefined ? [] : [{ afterMs, say: phrases }];
  });
}

function failureFor(
  { say, guide, fallback }: NonNullable<ToolDefinition['onFailure']>,
  { args, onThrown }: Given,
  tools: ToolSource,
): OnFailure {
  const phrases = say === undefined ? undefined : phrasesFor(say, args, onThrown);
  const other = fallback === undefined ? undefined : tools.find(fallback);
  return {
    ...(phrases !== undefined && { say: phrases }),
    ...(guide !== undefined && { guide }),
    ...(other !== undefined && { fallback: { name: other.name, policy: other.policyFor(args, onThrown) } }),
  };
}
