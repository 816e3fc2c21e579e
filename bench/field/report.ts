import { quantile } from '../figures.ts';
import { type Measure, measures, type Sample } from './latencies.ts';
import type { LoadLevel } from './load.ts';
import type { Pace } from './script.ts';

const BYTES_PER_MB = 1_000_000;
const delays: Record<Pace, string> = { quick: '0 / 0 / 0', slow: '250 / 100 / 300' };

/** A row for each measure, a column for each contestant: p50, p95 and, where some never came, how many did. */
export function latencyTable(samples: readonly Sample[], contestants: readonly string[]): string {
  const rows = (Object.keys(measures) as Measure[]).flatMap((measure) =>
    (Object.keys(delays) as Pace[])
      .map((pace) => ({ measure, pace, own: samples.filter((s) => s.measure === measure && s.pace === pace) }))
      .filter(({ own }) => own.length > 0),
  );
  const toRow = ({ measure, pace, own }: (typeof rows)[number]): string[] => {
    const of = (name: string): number[] => own.filter((s) => s.contestant === name).map(({ ms }) => ms);
    return [
      measures[measure],
      delays[pace],
      String(of(contestants[0] ?? '').length),
      ...contestants.map((c) => show(of(c))),
    ];
  };
  return toMarkdown([['added, in ms: p50 / p95', 'delays', 'n', ...contestants], ...rows.map(toRow)]);
}

function show(values: readonly number[]): string {
  const there = values.filter((value) => !Number.isNaN(value));
  if (there.length === 0) return 'never';
  const missing = there.length < values.length ? ` (${there.length} of ${values.length})` : '';
  return `${quantile(there, 0.5).toFixed(1)} / ${quantile(there, 0.95).toFixed(1)}${missing}`;
}

export function loadTable(levels: readonly LoadLevel[]): string {
  const head = [
    'callers',
    '',
    'turns/s',
    'first audio added, ms',
    'answer added, ms',
    'n',
    'refused',
    'failed',
    'doubled',
  ];
  head.push('cpu ms/turn', 'of Temporal', 'rss MB');
  const rows = levels.map((level) => [
    String(level.callers),
    level.contestant,
    level.turnsPerSecond.toFixed(1),
    show(level.firstsMs),
    show(level.answersMs),
    String(level.answersMs.length),
    ...[level.refused, level.failed, level.doubled].map(String),
    finite(level.cpuMsPerTurn),
    finite(level.temporalCpuMsPerTurn ?? NaN),
    (level.rssBytes / BYTES_PER_MB).toFixed(0),
  ]);
  return toMarkdown([head, ...rows]);
}

function finite(value: number): string {
  return Number.isFinite(value) ? value.toFixed(1) : '–';
}

function toMarkdown([head = [], ...rows]: string[][]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const toLine = (row: string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [toLine(head), toLine(widths.map((width) => '-'.repeat(width))), ...rows.map(toLine)].join('\n');
}
