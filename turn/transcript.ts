import type { Item, SpeechKind } from '../contract/items.ts';
import type { Speech } from '../contract/rounds.ts';
import type { TurnInput } from '../contract/turn.ts';
import { type Call, type Round, shownResult } from './call.ts';
import { withHeard } from './rounds.ts';
import { isBeforeWords } from './steps.ts';

/**
 * The items of a turn in the order of meaning: the caller's words, then of each round what was said while the model was
 * asked, its preamble, its calls, what was said while they were open, their results, and what was said because of them. It
 * depends on what happened, never on when.
 */
export function transcript(input: TurnInput, rounds: readonly Round[]): readonly Item[] {
  return [...inputItems(input), ...rounds.flatMap(roundItems)];
}

function inputItems(input: TurnInput): Item[] {
  switch (input.type) {
    case 'text':
      return [{ type: 'user', text: input.text }];
    case 'greeting':
      return [];
  }
}

function roundItems(round: Round): Item[] {
  const before = round.speeches.filter(isBeforeWords).map(toSpeechItem);
  const said = (...kinds: readonly SpeechKind[]): Item[] =>
    round.speeches.filter((speech) => kinds.includes(speech.kind) && !isBeforeWords(speech)).map(toSpeechItem);
  const calls = [
    ...round.calls.map(toCallItem),
    ...said('filler'),
    ...round.calls.flatMap((call) => toResultItem(call, round)),
  ];
  return [...before, ...said('preamble', 'answer'), ...calls, ...said('apology')];
}

function toSpeechItem({ speech, kind, text, voiced }: Speech): Item {
  const { heardText = '', interrupted, degraded } = voiced ?? {};
  const ended = { ...(interrupted && { interrupted }), ...(degraded !== undefined && { degraded: true }) };
  return { type: 'speech', speech, kind, text, heardText, ...ended };
}

function toCallItem({ call, name, arguments: args }: Call): Item {
  return { type: 'call', call, name, arguments: args };
}

function toResultItem(made: Call, round: Round): Item[] {
  const { call } = made;
  const settled = shownResult(made, round);
  if (settled === undefined) return [];
  const { ok, result, error, source, guide, spoken = [] } = settled;
  const told = spoken.find((speech) => speech.kind === 'apology')?.text;
  const outcome = { ok, ...(result !== undefined && { result }), ...(error && { error }), ...(source && { source }) };
  return [{ type: 'result', call, ...outcome, ...(guide && { guide }), ...(told && { told }) }];
}

/**
 * All that the caller has heard of a turn, in the order of its transcript. `said`: what home tells of its speeches, where the
 * rounds do not have all of it yet.
 */
export function heardOf(rounds: readonly Round[], said: readonly Speech[]): string {
  const numbers = said.map(({ speech }) => Number(speech.split('-')[0]));
  const missing = [...new Set(numbers)].filter((number) => rounds.every(({ round }) => round !== number));
  const all = [...rounds, ...missing.map((round) => ({ round, speeches: [], calls: [] }))];
  const heard = all.map((round) => withHeard(round, said)).toSorted((one, other) => one.round - other.round);
  return heardIn(heard.flatMap(roundItems));
}

/** All that the caller has heard of a turn, by its items. */
export function heardIn(items: readonly Item[]): string {
  const words = items.flatMap((item) => (item.type === 'speech' ? [item.heardText.trim()] : []));
  return words.filter((text) => text !== '').join(' ');
}
