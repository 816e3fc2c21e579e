import { Buffer } from 'node:buffer';
import { BYTES_PER_MS, SAMPLE_RATE_HZ } from '../../../contract/audio.ts';
import type { ScriptedVoice } from './scripted-voice.ts';

/** About as long as a person takes. */
const MS_PER_CHARACTER = 55;
const TONE_HZ = 240;
const AMPLITUDE = 4_000;

/** A hum as long as the text would take to say; costs no time, for tests and benchmarks. */
export function createToneVoice(): ScriptedVoice {
  const period = onePeriod();
  return {
    synthesise: (text) => Promise.resolve(Buffer.alloc(text.length * MS_PER_CHARACTER * BYTES_PER_MS, period)),
    stop: () => Promise.resolve(),
  };
}

function onePeriod(): Buffer {
  const samples = SAMPLE_RATE_HZ / TONE_HZ;
  const period = Buffer.alloc(samples * 2);
  for (let index = 0; index < samples; index += 1) {
    period.writeInt16LE(Math.round(AMPLITUDE * Math.sin((2 * Math.PI * index) / samples)), index * 2);
  }
  return period;
}
