import { BYTES_PER_MS } from '../../contract/audio.ts';
import { toTimings } from '../../providers/replies/word-timings.ts';
import type { TextToSpeech } from '../../providers/text-to-speech.ts';
import { pause } from '../../time/clock.ts';
import type { TestClock } from '../clock/test-clock.ts';
import type { Outages } from './outages.ts';

/** A voice that says nothing, as slowly as a person speaks, by the test's clock. */
export interface ScriptedVoice {
  /** Default 60. */
  readonly msPerCharacter?: number;
  /** From the request to the first audio. Default 0. */
  readonly afterMs?: number;
}

export interface VoiceTest {
  readonly clock: TestClock;
  readonly outages: Outages;
  /** Which of the agent's. */
  readonly provider: 'voice' | 'fallbackVoice';
}

const MS_PER_CHARACTER = 60;

export function createTestedVoice(voice: TextToSpeech | ScriptedVoice, test: VoiceTest): TextToSpeech {
  const speaking = 'speak' in voice ? followed(voice, test) : scripted(voice, test);
  return {
    async *speak(request, signal) {
      test.outages.check(test.provider);
      yield* speaking.speak(request, signal);
    },
  };
}

function scripted(
  { msPerCharacter = MS_PER_CHARACTER, afterMs = 0 }: ScriptedVoice,
  { clock }: VoiceTest,
): TextToSpeech {
  return {
    async *speak({ text }, signal) {
      await pause(clock, afterMs, signal);
      signal.throwIfAborted();
      yield* toTimings(text, msPerCharacter);
      yield silenceOf(Math.round(text.length * msPerCharacter) * BYTES_PER_MS);
    },
  };
}

let silence = new Uint8Array(0);

/** All voices share their silence: nobody writes to it. */
function silenceOf(bytes: number): Uint8Array {
  if (silence.byteLength < bytes) silence = new Uint8Array(bytes);
  return silence.subarray(0, bytes);
}

/** Each piece of audio is waited for in real time. */
function followed(voice: TextToSpeech, { clock }: VoiceTest): TextToSpeech {
  return {
    speak: (request, signal) => clock.outside.followEach('the voice', voice.speak(request, signal), signal),
  };
}
