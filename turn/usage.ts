import type { ModelUsage, TokenCounts } from '../contract/usage.ts';

const KINDS = Object.keys({
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
} satisfies Record<keyof TokenCounts, 0>) as readonly (keyof TokenCounts)[];

/** The same by model, in the order in which they were first used. What nobody counted is left out. */
export function totalUsage(used: readonly ModelUsage[]): ModelUsage[] {
  const byModel = new Map<string, ModelUsage>();
  for (const usage of used) byModel.set(usage.model, sumOf(byModel.get(usage.model), usage));
  return [...byModel.values()];
}

function sumOf(before: ModelUsage | undefined, more: ModelUsage): ModelUsage {
  const counts = KINDS.flatMap((kind) => {
    const known = [before?.[kind], more[kind]].filter((count) => count !== undefined);
    return known.length > 0 ? [[kind, known.reduce((sum, count) => sum + count, 0)] as const] : [];
  });
  return { model: more.model, ...(Object.fromEntries(counts) satisfies TokenCounts) };
}
