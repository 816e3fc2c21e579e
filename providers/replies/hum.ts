import { Buffer } from 'node:buffer';
import { BYTES_PER_MS, SAMPLE_RATE_HZ } from '../../contract/audio.ts';
import type { TextToSpeech } from '../text-to-speech.ts';
import { toTimings } from './word-timings.ts';

/** About as long as a person takes. */
const MS_PER_CHARACTER = 55;
const TONE_HZ = 240;
const AMPLITUDE = 4_000;

const period = onePeriod();

/** A hum as long as the text would take to say, as PCM: signed 16 bit little endian, 24 kHz, mono. */
export function hum(text: string): Uint8Array {
  return Buffer.alloc(text.length * MS_PER_CHARACTER * BYTES_PER_MS, period);
}

/** A voice without words, which needs no key and no time. */
export function createHummingVoice(): TextToSpeech {
  return {
    async *speak({ text }, signal) {
      signal.throwIfAborted();
      yield* toTimings(text, MS_PER_CHARACTER);
      yield await Promise.resolve(hum(text));
    },
  };
}

function onePeriod(): Buffer {
  const samples = SAMPLE_RATE_HZ / TONE_HZ;
  const wave = Buffer.alloc(samples * 2);
  for (let index = 0; index < samples; index += 1) {
    wave.writeInt16LE(Math.round(AMPLITUDE * Math.sin((2 * Math.PI * index) / samples)), index * 2);
  }
  return wave;
}
