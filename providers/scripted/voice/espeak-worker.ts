// The thread on which speech is synthesised: a sentence takes some 30 ms, for which nothing else could run.
import { parentPort } from 'node:worker_threads';
import loadEspeak from '@echogarden/espeak-ng-emscripten';
import { SAMPLE_RATE_HZ } from '../../../contract/audio.ts';
import { resample } from './resample.ts';

export interface SynthesisRequest {
  readonly id: number;
  readonly text: string;
  readonly voice: string;
}
export interface SynthesisAnswer {
  readonly id: number;
  readonly pcm: Uint8Array;
}

const WORDS_PER_MINUTE = 165;
const DEFAULT_VOICE = 'en-us';
/** The names of OpenAI's voices, as variants of one speaker. */
const VOICES: Readonly<Record<string, string>> = {
  ash: 'en-us+m1',
  echo: 'en-us+m3',
  onyx: 'en-us+m7',
  coral: 'en-us+f1',
  nova: 'en-us+f2',
  shimmer: 'en-us+f4',
};

const { eSpeakNGWorker: Espeak } = await loadEspeak();
const espeak = new Espeak();
espeak.set_rate(WORDS_PER_MINUTE);
synthesise('Ready.', DEFAULT_VOICE);
parentPort?.on('message', ({ id, text, voice }: SynthesisRequest) => {
  parentPort?.postMessage({ id, pcm: synthesise(text, voice) } satisfies SynthesisAnswer);
});
parentPort?.postMessage('ready');

function synthesise(text: string, voice: string): Uint8Array {
  espeak.set_voice(VOICES[voice] ?? DEFAULT_VOICE);
  const pieces: Int16Array[] = [];
  espeak.synthesize(text, (samples) => {
    if (samples !== null) pieces.push(samples);
    return false;
  });
  const joined = new Int16Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return new Uint8Array(resample(joined, espeak.get_samplerate(), SAMPLE_RATE_HZ).buffer);
}
