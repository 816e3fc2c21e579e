import type { Call, CallResult } from '../../contract/rounds.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { speechOfRound, type SpokenRounds } from './gate.ts';

export interface Revealing {
  readonly turn: SpokenRounds;
  readonly publish: (event: NewEvent) => void;
}

/** Reveals a result once its round's speech has begun, even if it was there earlier; at once if nothing is said. */
export function revealResult({ call, name, settled }: Pick<Call, 'call' | 'name' | 'settled'>, by: Revealing): void {
  if (!settled) return;
  const reveal = (): void => by.publish({ type: 'tool.finished', call, name, ...toOutcome(settled) });
  const speech = speechOfRound(by.turn, call);
  if (!speech || speech.hasStarted) reveal();
  else void speech.started.then(reveal);
}

function toOutcome({ ok, result, error, attempts, durationMs, source }: CallResult) {
  const from = source ?? ('run' as const);
  return { ok, ...(result !== undefined && { result }), ...(error && { error }), attempts, durationMs, source: from };
}
