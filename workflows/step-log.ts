import type { StepKind, StepRecord } from '../contract/turn.ts';

type StepEnd = Pick<StepRecord, 'state' | 'error'>;

/** The turn's steps as operators see them, with the times of the workflow's clock. */
export class StepLog {
  readonly #turnStartedMs: number;
  readonly #steps = new Map<string, StepRecord>();

  constructor(turnStartedMs: number) {
    this.#turnStartedMs = turnStartedMs;
  }

  get records(): readonly StepRecord[] {
    return [...this.#steps.values()];
  }

  /** Every attempt at a step begins here; the first one sets its start. */
  begin(id: string, begun: { readonly kind: StepKind; readonly name?: string; readonly attempts: number }): void {
    const startedAtMs = this.#steps.get(id)?.startedAtMs ?? Date.now() - this.#turnStartedMs;
    this.#steps.set(id, { id, ...begun, state: 'running', startedAtMs });
  }

  end(id: string, ended: StepEnd): void {
    const step = this.#steps.get(id);
    if (!step) return;
    const durationMs = Date.now() - this.#turnStartedMs - (step.startedAtMs ?? 0);
    this.#steps.set(id, { ...step, ...ended, durationMs });
  }
}
