import type { TurnInput } from '../contract/turn.ts';

/** What a caller says to an agent. */
export function textInput(text: string): Extract<TurnInput, { type: 'text' }> {
  return { type: 'text', text };
}
