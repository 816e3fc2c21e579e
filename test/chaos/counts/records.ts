import type { Item } from '../../../contract/items.ts';
import type { HeardTurn, Observation, RecordedTurn } from '../observation.ts';
import { type Finding, isShortened, listenersOf, recordOf } from './finding.ts';
import { toSentences } from '../script.ts';

/** Records of turns and conversations that differ from what was heard, or from each other. */
export function falseRecords(observation: Observation): readonly Finding[] {
  const ofTurns = observation.turns.flatMap((turn) => {
    const record = recordOf(observation, turn);
    return record
      ? [...againstHeard(turn, record), ...againstServed(record)].map((what) => ({ of: turn.ref, what }))
      : [];
  });
  return [
    ...ofTurns,
    ...observation.conversations.flatMap((conversation) => {
      const what = differenceOf(conversation, observation.records);
      return what === undefined ? [] : [{ of: conversation.id, what }];
    }),
  ];
}

function againstHeard(turn: HeardTurn, { result }: RecordedTurn): readonly string[] {
  if (!result) return [];
  const [user] = result.items;
  const words = [turn.ref, ...turn.tools].join(' ');
  const heardWords = heardTextOf(result.items);
  return [
    ...(user?.type === 'user' && user.text === words ? [] : [`its record begins with ${JSON.stringify(user)}`]),
    ...listenersOf(turn).flatMap((listener) => {
      const { name, events } = listener;
      const finished = events.find(({ event }) => event.type === 'turn.finished')?.event;
      const interrupted = events.findLast(({ event }) => event.type === 'turn.interrupted')?.event;
      const got = events.flatMap(({ event }) => (event.type === 'speech.sentence' ? [event.text] : [])).join(' ');
      const unheard = isShortened(listener)
        ? []
        : toSentences(heardWords).filter((sentence) => !got.includes(sentence));
      return [
        ...(finished?.type === 'turn.finished' && finished.outcome !== result.outcome
          ? [`${name} was told ${finished.outcome}, its record has ${result.outcome}`]
          : []),
        ...(interrupted?.type === 'turn.interrupted' && interrupted.heardText !== heardWords
          ? [`${name} was told that '${interrupted.heardText}' was heard, its record has '${heardWords}'`]
          : []),
        ...unheard.map((sentence) => `${name} did not get '${sentence}', which its record has as heard`),
      ];
    }),
    ...(result.outcome === 'answered' && heardWords !== saidTextOf(result.items)
      ? [`it was answered, and its record has '${heardWords}' as heard of '${saidTextOf(result.items)}'`]
      : []),
  ];
}

function againstServed({ result, served }: RecordedTurn): readonly string[] {
  return served.flatMap(({ state, outcome, items }) => {
    if (state !== 'finished') return ['a front end shows it as running after its end'];
    if (outcome !== result?.outcome) return [`a front end shows ${outcome}, its record has ${result?.outcome}`];
    return JSON.stringify(items) === JSON.stringify(result?.items)
      ? []
      : ['a front end shows other items than its record'];
  });
}

function differenceOf(conversation: Observation['conversations'][number], records: readonly RecordedTurn[]) {
  const { id, items, omittedItems, pending } = conversation;
  if (pending.length > 0) return `it has open turns: ${pending.join(', ')}`;
  const recorded = records
    .filter(({ conversationId }) => conversationId === id)
    .toSorted((one, other) => one.number - other.number)
    .flatMap(({ result }) => result?.items ?? [])
    .slice(omittedItems);
  const at = recorded.findIndex((item, index) => JSON.stringify(item) !== JSON.stringify(items[index]));
  if (at < 0 && recorded.length === items.length) return undefined;
  const index = at < 0 ? recorded.length : at;
  return `item ${index} is ${toText(items[index])}, and in its turn ${toText(recorded[index])}`;
}

const toText = (item: Item | undefined): string => JSON.stringify(item) ?? 'nothing';

const speechesOf = (items: readonly Item[]) => items.flatMap((item) => (item.type === 'speech' ? [item] : []));
const joined = (texts: readonly string[]): string => texts.filter((text) => text !== '').join(' ');
const heardTextOf = (items: readonly Item[]): string => joined(speechesOf(items).map(({ heardText }) => heardText));
const saidTextOf = (items: readonly Item[]): string => joined(speechesOf(items).map(({ text }) => text));
