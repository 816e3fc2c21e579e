import { Seeded } from '../../durability/seeded.ts';

export const FAULT_KINDS = [
  'kill',
  'kill',
  'stop',
  'terminate',
  'cut Temporal',
  'pause Temporal',
  'cut Redis',
  'pause Redis',
  'kill Redis',
  'empty Redis',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  /** Since the beginning of the run. */
  readonly atMs: number;
  readonly kind: FaultKind;
  /** Which process, from 0. */
  readonly place: number;
  /** How long it lasts: a stop, a pause, or the time until the next process starts. */
  readonly lastsMs: number;
}

export interface PlanOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly places: number;
}

/** Nothing breaks before, so that all callers have a first turn. */
const QUIET_MS = 2_000;
const LONGEST_MS: Readonly<Record<FaultKind, number>> = {
  kill: 2_000,
  stop: 5_000,
  terminate: 0,
  'cut Temporal': 0,
  'pause Temporal': 5_000,
  'cut Redis': 0,
  'pause Redis': 5_000,
  'kill Redis': 3_000,
  'empty Redis': 0,
};

/** What breaks, when, where and for how long: one fault every 2 s on average. The same seed gives the same plan. */
export function planFaults({ seed, durationMs, places }: PlanOptions): readonly Fault[] {
  const chance = new Seeded(seed);
  const plan: Fault[] = [];
  for (let atMs = QUIET_MS; atMs < durationMs; atMs += chance.between(200, 3_800)) {
    const kind = chance.pick(FAULT_KINDS);
    const place = chance.between(0, places - 1);
    plan.push({ atMs, kind, place, lastsMs: chance.between(0, LONGEST_MS[kind]) });
  }
  return plan;
}
