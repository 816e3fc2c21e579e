import type { Figure } from './figures.ts';
import type { Memory } from './measured-system/memory-reporter.ts';

const BYTES_PER_MB = 1_000_000;

/** Memory after so many turns. */
export interface MemoryAfter {
  readonly turns: number;
  readonly memory: Memory;
}

/** What turns leave behind once the process is warm. */
export function toGrowth(early: MemoryAfter, late: MemoryAfter): Figure[] {
  const grown = (what: keyof Memory): Figure => ({
    what: `${what} after ${late.turns} turns, above that after ${early.turns} (${toMb(early.memory[what])})`,
    values: [(late.memory[what] - early.memory[what]) / BYTES_PER_MB],
    unit: 'MB',
    atMost: 20,
  });
  return [grown('heapUsed'), grown('rss')];
}

function toMb(bytes: number): string {
  return `${(bytes / BYTES_PER_MB).toFixed(0)} MB`;
}
