// What the scripted model says in the bench, and when. From this the bench knows which delays the script explains. The replies are short,
// because a turn lasts as long as its speech is heard.
import { toDeltas } from '../../providers/scripted/wire/chat-wire.ts';
import { type Delays, NO_DELAYS, type ScriptRule } from '../../providers/scripted/script.ts';
import type { ScriptedReply } from '../../providers/scripted/scripted-reply.ts';

/** What the caller says, by which the script chooses. */
export const words = {
  ask: 'Do you sell lamps?',
  askSlowly: 'Do you sell lamps? Take your time.',
  order: 'Where is my order 4004?',
  orderSlowly: 'Where is my order 4003? Take your time.',
} as const;

/** About what a hosted model and voice take. */
export const SLOW: Delays = { firstTokenMs: 250, tokenMs: 30, voiceFirstMs: 100, voiceChunkMs: 0 };
/** An order that takes as long to find as a request to another system; any other is there at once. */
export const slowOrder = { id: '4003', takesMs: 300 } as const;

const answer: ScriptedReply = { text: 'We do.' };
const result: ScriptedReply = { text: 'Today.' };
const call = (orderId: string): ScriptedReply => ({
  text: 'Sure.',
  calls: [{ name: 'find_order', arguments: { order_id: orderId } }],
});

export const rules: readonly ScriptRule[] = [
  { when: { user: words.orderSlowly, afterTool: true }, reply: result, delays: SLOW },
  { when: { afterTool: true }, reply: result },
  { when: { user: words.orderSlowly }, reply: call(slowOrder.id), delays: SLOW },
  { when: { user: words.order }, reply: call('4004') },
  { when: { user: words.askSlowly }, reply: answer, delays: SLOW },
  { reply: answer },
];

/** What model, voice and tool take until the first audio of the answer. A reply is one sentence, which ends with the reply. */
export const explainedMs = {
  ask: replyMs(answer, NO_DELAYS),
  askSlowly: replyMs(answer, SLOW) + SLOW.voiceFirstMs,
  orderSlowly: replyMs(call(slowOrder.id), SLOW) + slowOrder.takesMs + replyMs(result, SLOW) + SLOW.voiceFirstMs,
};

/** From the request to the last token. */
function replyMs(reply: ScriptedReply, { firstTokenMs, tokenMs }: Delays): number {
  return firstTokenMs + (toDeltas(reply).length - 1) * tokenMs;
}
