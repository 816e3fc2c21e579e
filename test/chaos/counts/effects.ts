import type { Effect, Observation, RecordedTurn } from '../observation.ts';
import { type Finding, refOf } from './finding.ts';

const WRITES = ['book', 'pay', 'send'] as const;

/** What was done twice for words that were said once. */
export function doubledEffects({ effects }: Observation): readonly Finding[] {
  const groups = Map.groupBy(
    effects.filter(({ tool }) => tool !== 'look'),
    ({ tool, ref }) => `${ref} ${tool}`,
  );
  return [...groups].flatMap(([group, { length }]) => {
    const [ref = '', tool = ''] = group.split(' ');
    return length > 1 ? [{ of: ref, what: `'${tool}' was done ${length} times` }] : [];
  });
}

/** What the record says was done and was not, and the other way round. */
export function falseResults({ effects, records }: Observation): readonly Finding[] {
  return records.flatMap((record) => {
    const of = refOf(record);
    if (of === undefined) return [];
    return WRITES.flatMap((tool) => {
      const what = falsehood(
        record,
        effects.filter((effect) => effect.ref === of && effect.tool === tool),
        tool,
      );
      return what === undefined ? [] : [{ of, what }];
    });
  });
}

function falsehood({ result }: RecordedTurn, done: readonly Effect[], tool: string): string | undefined {
  const calls = (result?.items ?? []).flatMap((item) =>
    item.type === 'call' && item.name === tool ? [item.call] : [],
  );
  const results = (result?.items ?? []).flatMap((item) =>
    item.type === 'result' && calls.includes(item.call) ? [item] : [],
  );
  const kinds = results.map(({ ok, error }) => (ok ? 'ok' : (error?.kind ?? '')));
  if (kinds.includes('ok') && done.length === 0) return `the record says that '${tool}' was done, and it was not`;
  const isAdmitted = kinds.includes('ok') || kinds.includes('outcome_unknown');
  if (done.length > 0 && !isAdmitted)
    return `'${tool}' was done, and the record has ${kinds.join(', ') || 'no result of it'}`;
  return undefined;
}
