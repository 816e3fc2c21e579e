import type { Gate } from '../../contract/rounds.ts';
import { roundOfCall } from '../../turn/rounds.ts';
import type { TurnState } from '../../turn/turn-state.ts';
import type { LiveSpeech } from '../speech/live-speech.ts';
import type { VoiceQueue } from '../speech/voice-queue.ts';

/** The rounds of a turn and the voice that says them. */
export interface SpokenRounds {
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
