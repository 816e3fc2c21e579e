import type { Finding } from './counts/finding.ts';
import { gapsAfterKills, percentile } from './counts/gaps.ts';
import { repeatedSentences } from './counts/sentences.ts';
import { isShortened, listenersOf } from './counts/finding.ts';
import type { HeardEvent, Observation } from './observation.ts';

export type Findings = ReadonlyMap<string, readonly Finding[]>;

/** What broke, what was played, what was counted. */
export function summary(observation: Observation, findings: Findings): string {
  const { turns, faults, records } = observation;
  const kinds = Object.entries(Object.groupBy(faults, ({ kind }) => kind)).map(
    ([kind, all]) => `${kind} ${all?.length}`,
  );
  const outcomes = Object.entries(Object.groupBy(records, ({ result }) => result?.outcome ?? 'abandoned'));
  const gaps = gapsAfterKills(observation);
  const isMoved = (events: readonly HeardEvent[]): boolean => events.some(({ event }) => event.seq > 1_000_000);
  const lines = [
    `${faults.length} faults: ${kinds.join(', ')}`,
    `${turns.length} turns: ${outcomes.map(([outcome, all]) => `${outcome} ${all?.length}`).join(', ')}`,
    `${turns.filter(({ heard }) => isMoved(heard)).length} turns moved, ${turns.filter((turn) => listenersOf(turn).some(isShortened)).length} were told by a snapshot`,
    `${repeatedSentences(observation)} sentences that were being said were said again`,
    ...[...findings].map(([name, all]) => `${name}: ${all.length}`),
    gapLine(
      'kill → next frame',
      gaps.map(({ gapMs }) => gapMs),
    ),
    gapLine(
      'the same, nothing else broken',
      gaps.flatMap(({ gapMs, isAlone }) => (isAlone ? [gapMs] : [])),
    ),
  ];
  return lines.join('\n');
}

function gapLine(name: string, gaps: readonly number[]): string {
  const [p50, p95] = [0.5, 0.95].map((share) => Math.round(percentile(gaps, share)));
  return `${name}: ${gaps.length === 0 ? 'none seen' : `${p50} / ${p95} ms (p50 / p95), n = ${gaps.length}`}`;
}

export interface StoryTeller {
  readonly observation: Observation;
  readonly logs: readonly { readonly name: string; readonly text: () => string }[];
  readonly startedMs: number;
}

/** All that is known of one turn, in the order of time. */
export function storyOf(ref: string, { observation, logs, startedMs }: StoryTeller): string {
  const turn = observation.turns.find((one) => one.ref === ref);
  if (!turn) return `${ref}: no such turn`;
  const at = (ms: number): string =>
    `${Math.round(ms - startedMs)
      .toString()
      .padStart(7)} ms `;
  const lines: [number, string][] = [
    ...turn.posts.map(({ atMs, to, answer, id }): [number, string] => [atMs, `post to ${to}: ${answer} ${id ?? ''}`]),
    ...turn.heard.map((heard): [number, string] => [heard.receivedMs, `caller ← ${told(heard)}`]),
    ...turn.overheard.map((heard): [number, string] => [heard.receivedMs, `second ← ${told(heard)}`]),
    ...(turn.cutMs === undefined ? [] : [[turn.cutMs, 'the caller speaks'] as [number, string]]),
  ];
  const times = lines.map(([ms]) => ms);
  const [fromMs, toMs] = [Math.min(...times) - 3_000, Math.max(...times) + 1_000];
  const faults = observation.faults
    .filter(({ atMs }) => atMs > fromMs && atMs < toMs)
    .map(({ atMs, kind, at: where, lastsMs }): [number, string] => [atMs, `## ${kind} ${where} ${lastsMs} ms`]);
  const record = observation.records.find(({ id }) => id === turn.id);
  const logged = logs.flatMap(({ name, text }) =>
    text()
      .split('\n')
      .filter((line) => turn.id !== undefined && line.includes(`${turn.id}"`))
      .map((line) => `  ${name} ${line.slice(0, 600)}`),
  );
  return [
    `--- ${ref} ${turn.id ?? ''} ${turn.playout} [${turn.tools.join(' ')}]`,
    ...[...lines, ...faults].toSorted(([one], [other]) => one - other).map(([ms, line]) => at(ms) + line),
    ...turn.denials.map((denial) => `  denied: ${denial}`),
    `  record: ${record?.status} ${JSON.stringify(record?.result)}`,
    ...observation.prompts.filter((prompt) => prompt.ref === ref).map((prompt) => `  asked: ${JSON.stringify(prompt)}`),
    ...observation.effects.filter((effect) => effect.ref === ref).map((effect) => `  done: ${JSON.stringify(effect)}`),
    ...logged,
  ].join('\n');
}

function told({ event, from }: HeardEvent): string {
  const { seq, type, ...more } = event;
  return `${from} ${seq} ${type} ${JSON.stringify(more).slice(0, 240)}`;
}
