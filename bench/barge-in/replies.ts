// What the scripted model says to the callers of this bench: words that take a while, and a lookup that never ends by itself.
import { type Delays, NO_DELAYS, type ScriptRule } from '../../providers/scripted/script.ts';

/** A chunk is 100 ms of speech: frames keep coming while the caller interrupts. */
export const DELAYS: Delays = { ...NO_DELAYS, voiceChunkMs: 25 };

export const words = 'Look it up';

export const rules: readonly ScriptRule[] = [
  {
    reply: {
      text: 'I am looking that up for you now, in all the books that we have kept since the shop was opened.',
      calls: [{ name: 'look_up', arguments: {} }],
    },
  },
];
