import type { Item } from '../contract/items.ts';
import type { Call, Round, Speech } from '../contract/rounds.ts';

/**
 * The items of a turn in the order of meaning: the caller's words, then of each round its preamble, its calls, their
 * results, and what was said after them. It depends on what happened, never on when.
 */
export function transcript(userText: string, rounds: readonly Round[]): readonly Item[] {
  return [{ type: 'user', text: userText }, ...rounds.flatMap(roundItems)];
}

function roundItems(round: Round): Item[] {
  const before = round.speeches.filter((speech) => speech.kind !== 'apology');
  const after = round.speeches.filter((speech) => speech.kind === 'apology');
  return [
    ...before.map(toSpeechItem),
    ...round.calls.map(toCallItem),
    ...round.calls.flatMap(toResultItem),
    ...after.map(toSpeechItem),
  ];
}

function toSpeechItem({ speech, kind, text, voiced }: Speech): Item {
  return { type: 'speech', speech, kind, text, heardText: voiced?.heardText ?? '' };
}

function toCallItem({ call, name, arguments: args }: Call): Item {
  return { type: 'call', call, name, arguments: args };
}

function toResultItem({ call, settled }: Call): Item[] {
  if (settled === undefined) return [];
  const { ok, result, error } = settled;
  return [{ type: 'result', call, ok, ...(result !== undefined && { result }), ...(error && { error }) }];
}
