import type { StepKind, StepRecord } from '../contract/turn.ts';
import type { StepEnd } from '../turn/step-end.ts';

/** The turn's steps as operators see them, with the times of the workflow's clock. */
export class StepLog {
  readonly #nowMs: () => number;
  readonly #turnStartedMs: number;
  readonly #steps = new Map<string, StepRecord>();

  /** The turn starts now. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#turnStartedMs = nowMs();
  }

  get records(): readonly StepRecord[] {
    return [...this.#steps.values()];
  }

  /** Every attempt at a step begins here; the first one sets its start. */
  begin(id: string, begun: { readonly kind: StepKind; readonly name?: string; readonly attempts: number }): void {
    const startedAtMs = this.#steps.get(id)?.startedAtMs ?? this.#nowMs() - this.#turnStartedMs;
    this.#steps.set(id, { id, ...begun, state: 'running', startedAtMs });
  }

  end(id: string, { attempts = 0, ...ended }: StepEnd): void {
    const step = this.#steps.get(id);
    if (!step) return;
    const durationMs = this.#nowMs() - this.#turnStartedMs - (step.startedAtMs ?? 0);
    this.#steps.set(id, { ...step, ...ended, attempts: Math.max(step.attempts, attempts), durationMs });
  }
}
