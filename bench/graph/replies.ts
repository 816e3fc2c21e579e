// What the scripted model says to the callers of this bench.
import type { Delays, ScriptRule } from '../../providers/scripted/script.ts';

export const TOOL_MS = 300;
export const FILLER_AFTER_MS = 500;
/** About what a hosted model and voice take. */
export const DELAYS: Delays = { firstTokenMs: 250, tokenMs: 30, voiceFirstMs: 100, voiceChunkMs: 0 };
/** Short: the answer waits for it. */
export const PREAMBLE = 'Sure.';

export const words = {
  chain: 'Track it as a chain',
  steps: 'Track it step by step',
  block: 'Block',
  wait: 'Wait',
} as const;

export const rules: readonly ScriptRule[] = [
  { when: { user: words.chain, afterTool: true }, reply: { text: 'Hamburg.' } },
  {
    when: { user: words.chain },
    reply: { calls: [{ name: 'track_latest', arguments: { preamble: PREAMBLE } }] },
  },
  { when: { user: words.steps, afterTool: 'track_order' }, reply: { text: 'Hamburg.' } },
  {
    when: { user: words.steps, afterTool: 'latest_order' },
    reply: { calls: [{ name: 'track_order', arguments: { preamble: '', order_id: '4010' } }] },
  },
  { when: { user: words.steps }, reply: { calls: [{ name: 'latest_order', arguments: { preamble: PREAMBLE } }] } },
  { when: { user: words.block, afterTool: true }, reply: { text: 'Done.' } },
  { when: { user: words.wait, afterTool: true }, reply: { text: 'Done.' } },
  { when: { user: words.wait }, reply: { calls: [{ name: 'wait', arguments: {} }] } },
  { when: { user: words.block }, reply: { calls: [{ name: 'block', arguments: { preamble: '' } }] } },
];

/** From the request to the last token of the preamble in a call's arguments: four characters a token, the opening included. */
export const preambleMs =
  DELAYS.firstTokenMs + Math.ceil(`{"preamble":"${PREAMBLE}"`.length / 4) * DELAYS.tokenMs + DELAYS.voiceFirstMs;
