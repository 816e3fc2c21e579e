import type { Call, CallResult, Gate } from '../../contract/rounds.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { roundOfCall } from '../../turn/rounds.ts';
import type { TurnState } from '../../turn/turn-state.ts';
import type { LiveSpeech } from '../speech/live-speech.ts';
import type { VoiceQueue } from '../speech/voice-queue.ts';

// A call and the words of its round: the gate holds the call back until they are said, the reveal its result.

interface SpokenRounds {
  readonly played: TurnState;
  readonly voice: VoiceQueue;
}

/** The round's own words, by one of its calls. Undefined where the round says nothing, or says it elsewhere. */
export function speechOfRound({ played, voice }: SpokenRounds, call: string): LiveSpeech | undefined {
  const speech = roundOfCall(played, call)?.speeches.find((said) => said.kind === 'preamble' || said.kind === 'answer');
  return speech && voice.get(speech.speech);
}

/**
 * Waits until a tool may start, relative to the speech of its round. Open at once where nothing is to be said; speech that
 * fails or is cut opens it too, so that no call hangs on a voice. Rejects with the signal's reason.
 */
export async function passGate(gate: Gate, speech: LiveSpeech | undefined, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (gate === 'at_once' || !speech) return;
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([gate === 'after_speech' ? speech.over : speech.started, promise]);
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

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
