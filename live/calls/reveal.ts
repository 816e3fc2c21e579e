import type { Call, CallResult } from '../../contract/rounds.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import type { LiveSpeech } from '../speech/live-speech.ts';
import type { LiveTurn } from '../turns/live-turn.ts';
import { roundOfCall } from './played-rounds.ts';

export interface Revealing {
  readonly turn: LiveTurn;
  readonly publish: (event: NewEvent) => void;
}

/** The round's own words, by one of its calls. Undefined where the round says nothing, or says it elsewhere. */
export function speechOfRound(turn: LiveTurn, call: string): LiveSpeech | undefined {
  const speech = roundOfCall(turn.played, call)?.speeches.find(
    (said) => said.kind === 'preamble' || said.kind === 'answer',
  );
  return speech && turn.voice.get(speech.speech);
}

/** A result becomes visible once its round's speech has begun, even if it was there earlier; at once if nothing is said. */
export function publishSettled({ call, name, settled }: Pick<Call, 'call' | 'name' | 'settled'>, by: Revealing): void {
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
