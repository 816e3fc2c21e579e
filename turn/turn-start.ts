import type { EarlierStart, TurnInput, TurnStart } from '../contract/turn.ts';

/** A turn's start in the form of today. Earlier processes, services and histories have the earlier one. */
export function toTurnStart<T extends TurnStart>(told: T | EarlierStart<T>): T {
  if ('input' in told && told.input !== undefined) return told;
  const { text, ...rest } = told as EarlierStart<T>;
  const input: TurnInput = text === undefined ? { type: 'greeting' } : { type: 'text', text };
  return { ...rest, input } as unknown as T;
}
