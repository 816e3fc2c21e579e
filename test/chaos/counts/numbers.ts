import type { HeardTurn, Observation, Prompt, RecordedTurn } from '../observation.ts';
import { type Finding, refOf } from './finding.ts';

/** Turns that have one number, words that became two turns, and keys whose repeats found another turn. */
export function numbersTwice({ turns, records }: Observation): readonly Finding[] {
  const places = Map.groupBy(
    turns.filter(({ id }) => id !== undefined),
    ({ id = '' }) => id,
  );
  const shared = [...places.values()].flatMap(([first, ...more]) =>
    more.map(({ ref }) => ({ of: ref, what: `it has the number of ${first?.ref}` })),
  );
  const begun = Map.groupBy(
    records.filter(({ result }) => result),
    (record) => refOf(record) ?? '',
  );
  const doubled = [...begun].flatMap(([of, { length }]) =>
    length > 1 ? [{ of, what: `${length} turns were made of it` }] : [],
  );
  return [...shared, ...doubled, ...turns.flatMap(otherAnswers)];
}

function otherAnswers({ ref, posts }: HeardTurn): readonly Finding[] {
  const ids = new Set(posts.flatMap(({ id }) => id ?? []));
  return ids.size > 1 ? [{ of: ref, what: `its repeats found ${[...ids].join(' and ')}` }] : [];
}

/** Earlier turns that the last prompt of a turn did not have, or not as they were heard. */
export function falsePrompts({ prompts, records }: Observation): readonly Finding[] {
  const last = new Map(prompts.map((prompt) => [prompt.ref, prompt]));
  return records.flatMap((record) => {
    const of = refOf(record);
    const prompt = of === undefined ? undefined : last.get(of);
    if (!prompt || of === undefined) return [];
    const before = records.filter(
      ({ conversationId, number, result }) =>
        result && conversationId === record.conversationId && number < record.number,
    );
    return faultsOf(
      prompt,
      before.toSorted((one, other) => one.number - other.number),
    ).map((what) => ({ of, what }));
  });
}

function faultsOf(prompt: Prompt, before: readonly RecordedTurn[]): readonly string[] {
  const wanted = before.map((record) => refOf(record) ?? '');
  const known = prompt.before.map(({ ref }) => ref);
  if (wanted.join() !== known.join()) {
    const missing = wanted.filter((ref) => !known.includes(ref));
    return [missing.length > 0 ? `its prompt lacks ${missing.join(', ')}` : `its prompt has ${known.join(', ')}`];
  }
  return before.flatMap((record, index) => {
    const said = prompt.before[index]?.said ?? '';
    const heard = heardOf(record);
    return said === heard ? [] : [`its prompt has '${said}' of ${wanted[index]}, of which '${heard}' was heard`];
  });
}

/** As a prompt must have it: of what was cut only what was heard. */
function heardOf({ result }: RecordedTurn): string {
  const texts = (result?.items ?? []).flatMap((item) => {
    if (item.type !== 'speech' || item.kind === 'filler') return [];
    return item.interrupted || item.degraded ? [item.heardText] : [item.text];
  });
  return texts.filter((text) => text !== '').join(' ');
}
