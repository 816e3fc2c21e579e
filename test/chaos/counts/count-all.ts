import type { Observation } from '../observation.ts';
import { doubledEffects, falseResults } from './effects.ts';
import type { Count, Finding } from './finding.ts';
import { lostTurns } from './lost-turns.ts';
import { falsePrompts, numbersTwice } from './numbers.ts';
import { falseRecords } from './records.ts';
import { doubledSentences, missingSentences } from './sentences.ts';
import { twoVoices } from './voices.ts';

const denials: Count = ({ turns }) =>
  turns.flatMap(({ ref, denials: all }) => [...new Set(all)].map((what) => ({ of: ref, what })));

const leftOpen: Count = ({ records, left }) => [
  ...records.filter(({ status }) => status === 'RUNNING').map(({ id }) => ({ of: id, what: 'its workflow is open' })),
  ...left.map((what) => ({ of: 'a process', what })),
];

/** All that must be zero. */
export const counts = {
  'lost turns': lostTurns,
  'doubled effects': doubledEffects,
  'results that are not so': falseResults,
  'doubled sentences': doubledSentences,
  'missing sentences': missingSentences,
  'two voices': twoVoices,
  'records that differ': falseRecords,
  'numbers twice': numbersTwice,
  'prompts that differ': falsePrompts,
  'answers denied': denials,
  'left open': leftOpen,
} satisfies Record<string, Count>;

export type CountName = keyof typeof counts;

/** Everything that is not as it must be, by kind. */
export function countAll(observation: Observation): ReadonlyMap<CountName, readonly Finding[]> {
  return new Map((Object.keys(counts) as CountName[]).map((name) => [name, counts[name](observation)]));
}
