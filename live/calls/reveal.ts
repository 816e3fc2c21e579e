import type { CallResult } from '../../contract/rounds.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import type { Call } from '../../turn/call.ts';
import { speechOfRound, type SpokenRounds } from './gate.ts';

export interface Revealing {
  readonly turn: SpokenRounds;
  readonly publish: (event: NewEvent) => void;
}

/** Reveals a result once its round's speech has begun, even if it was there earlier; at once if nothing is said. */
export function revealResult({ call, name }: Pick<Call, 'call' | 'name'>, result: CallResult, by: Revealing): void {
  const reveal = (): void => by.publish({ type: 'tool.finished', call, name, ...toOutcome(result) });
  const speech = speechOfRound(by.turn, call);
  if (!speech || speech.hasStarted) reveal();
  else void speech.started.then(reveal);
}

function toOutcome({ ok, result, error, attempts, durationMs, source }: CallResult) {
  const from = source ?? ('run' as const);
  return { ok, ...(result !== undefined && { result }), ...(error && { error }), attempts, durationMs, source: from };
}
