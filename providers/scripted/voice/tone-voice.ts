import { hum } from '../../replies/hum.ts';
import type { ScriptedVoice } from './scripted-voice.ts';

/** A hum as long as the text would take to say; costs no time, for tests and benchmarks. */
export function createToneVoice(): ScriptedVoice {
  return {
    synthesise: (text) => Promise.resolve(hum(text)),
    stop: () => Promise.resolve(),
  };
}
