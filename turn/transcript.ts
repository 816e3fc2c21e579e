import type { Item, SpeechKind } from '../contract/items.ts';
import type { Call, Round, Speech } from '../contract/rounds.ts';

/**
 * The items of a turn in the order of meaning: the caller's words, then of each round its preamble, its calls, what was
 * said while they were open, their results, and what was said because of them. It depends on what happened, never on when.
 */
export function transcript(userText: string | undefined, rounds: readonly Round[]): readonly Item[] {
  const asked: Item[] = userText === undefined ? [] : [{ type: 'user', text: userText }];
  return [...asked, ...rounds.flatMap(roundItems)];
}

function roundItems(round: Round): Item[] {
  const said = (...kinds: readonly SpeechKind[]): Item[] =>
    round.speeches.filter((speech) => kinds.includes(speech.kind)).map(toSpeechItem);
  const calls = [...round.calls.map(toCallItem), ...said('filler'), ...round.calls.flatMap(toResultItem)];
  return [...said('preamble', 'answer'), ...calls, ...said('apology')];
}

function toSpeechItem({ speech, kind, text, voiced }: Speech): Item {
  const { heardText = '', interrupted } = voiced ?? {};
  return { type: 'speech', speech, kind, text, heardText, ...(interrupted && { interrupted }) };
}

function toCallItem({ call, name, arguments: args }: Call): Item {
  return { type: 'call', call, name, arguments: args };
}

function toResultItem({ call, settled }: Call): Item[] {
  if (settled === undefined) return [];
  const { ok, result, error, guide, spoken = [] } = settled;
  const told = spoken.find((speech) => speech.kind === 'apology')?.text;
  const outcome = { ok, ...(result !== undefined && { result }), ...(error && { error }) };
  return [{ type: 'result', call, ...outcome, ...(guide && { guide }), ...(told && { told }) }];
}

/** What was heard of the speech that was cut, or, where none was, of the last one. */
export function heardOf(items: readonly Item[]): string {
  const speeches = items.filter((item) => item.type === 'speech');
  const cut = speeches.findLast((speech) => speech.interrupted);
  return (cut ?? speeches.at(-1))?.heardText ?? '';
}
