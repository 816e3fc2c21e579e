import type { Filler, OnFailure, ToolPolicy } from '../../contract/rounds.ts';
import type { CalledIn, Tool, ToolSource } from '../agent.ts';
import type { ToolDefinition } from '../define-tool.ts';
import type { SeenMetadata } from '../metadata/seen-metadata.ts';
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
export function createPolicy(definition: ToolDefinition, seen: SeenMetadata, tools: ToolSource): Tool['policyFor'] {
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
    ...(definition.worker !== undefined && { worker: definition.worker }),
    ...ifBegun(definition),
  };
  return (args, called) => {
    const given: Given = { args, called: seen.withoutSecrets(called) };
    const fallback = onFailure?.fallback === undefined ? undefined : tools.find(onFailure.fallback);
    return {
      ...fixed,
      fillers: fillersFor(definition, given),
      ...(onFailure !== undefined && {
        onFailure: {
          ...failureFor(onFailure, given),
          ...(fallback && { fallback: { name: fallback.name, policy: fallback.policyFor(args, called) } }),
        },
      }),
    };
  };
}

function ifBegun({ idempotent, reconcile }: ToolDefinition): Pick<ToolPolicy, 'ifBegun'> {
  if (idempotent) return { ifBegun: 'again' };
  return reconcile ? { ifBegun: 'reconcile' } : {};
}

/** What the author's functions are given of one call. */
interface Given {
  readonly args: unknown;
  readonly called: CalledIn;
}

function fillersFor({ fillers = [] }: ToolDefinition, { args, called }: Given): readonly Filler[] {
  return fillers.flatMap(({ afterMs, say }) => {
    const phrases = phrasesFor(say, args, called);
    return phrases === undefined ? [] : [{ afterMs, say: phrases }];
  });
}

function failureFor(
  { say, guide }: NonNullable<ToolDefinition['onFailure']>,
  { args, called }: Given,
): Omit<OnFailure, 'fallback'> {
  const phrases = say === undefined ? undefined : phrasesFor(say, args, called);
  return { ...(phrases !== undefined && { say: phrases }), ...(guide !== undefined && { guide }) };
}
