import type { TokenCounts } from '../contract/usage.ts';

/** Counts as far as a provider gives them. What is no whole number counts as not given. */
export function toTokenCounts(given: { readonly [Name in keyof TokenCounts]-?: unknown }): TokenCounts {
  const counts = Object.entries(given).filter(([, value]) => Number.isSafeInteger(value) && Number(value) >= 0);
  return Object.fromEntries(counts);
}
