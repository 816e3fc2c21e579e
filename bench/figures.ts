/** One line of the report. */
export interface Figure {
  readonly what: string;
  readonly values: readonly number[];
  readonly unit: 'ms' | 'MB' | 'kB' | 'events';
  /** The target, for the median. Absent: for information only. */
  readonly atMost?: number;
  /** Set where the target is for another quantile than the median. */
  readonly judgedBy?: 'p95';
}

const COLUMNS = ['what', 'p50', 'p95', 'n', 'target', ''] as const;

/** Nearest rank: the smallest value that at least `share` of all values do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** A Markdown table that is aligned for the terminal too. */
export function toTable(figures: readonly Figure[]): string {
  const rows = [COLUMNS, ...figures.map(toRow)];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  const rule = `| ${widths.map((width) => '-'.repeat(Math.max(1, width))).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

function toRow({ what, values, unit, atMost, judgedBy }: Figure): string[] {
  const [median, p95] = [quantile(values, 0.5), quantile(values, 0.95)];
  const judged = judgedBy === 'p95' ? p95 : median;
  const verdict =
    atMost === undefined
      ? ['', '']
      : [`≤ ${atMost} ${unit}${judgedBy ? ` ${judgedBy}` : ''}`, judged <= atMost ? 'met' : 'MISSED'];
  return [what, toCell(median, unit), values.length === 1 ? '' : toCell(p95, unit), String(values.length), ...verdict];
}

function toCell(value: number, unit: Figure['unit']): string {
  return `${unit === 'events' ? value : value.toFixed(Math.abs(value) < 1 ? 2 : 1)} ${unit}`;
}
