import type { RequestView } from '../../providers/scripted/request-view.ts';
import type { ScriptedReply } from '../../providers/scripted/scripted-reply.ts';
import type { Prompt } from './observation.ts';

/** E.g. `c3t5`: the fifth turn of the third caller. */
const REF = /\bc\d+t\d+\b/g;
const GO_ON = /^\[The line broke/;

export const refsIn = (text: string): readonly string[] => text.match(REF) ?? [];

/** What the agent says before it has called its tools, and all that it says after. */
export function planned(ref: string, hasTools: boolean): { readonly preamble: string; readonly answer: string } {
  const answer = ['First', 'Second', 'Third', 'Last'].map((word) => `${word} about ${ref}.`).join(' ');
  return { preamble: hasTools ? `One moment for ${ref}.` : '', answer };
}

export const toSentences = (text: string): readonly string[] => text.match(/[^.]+\./g)?.map((one) => one.trim()) ?? [];

/** A model that answers each caller in sentences of their own, and goes on where it was broken off. */
export function replyTo({ user, messages, latestResults }: RequestView): ScriptedReply {
  const [ref = 'c0t0', ...tools] = user.split('\n').at(-1)?.split(' ') ?? [];
  const { preamble, answer } = planned(ref, tools.length > 0);
  const isFirst = latestResults.length === 0 && !hasCalledSince(messages);
  const whole = isFirst && tools.length > 0 ? preamble : answer;
  const text = restOf(whole, messages);
  if (!isFirst || tools.length === 0) return { text };
  return { text, calls: tools.map((name) => ({ name, arguments: { ref } })) };
}

type Messages = RequestView['messages'];

function hasCalledSince(messages: Messages): boolean {
  const userAt = messages.findLastIndex(({ role, content }) => role === 'user' && !GO_ON.test(content ?? ''));
  return messages.slice(userAt).some(({ role }) => role === 'tool');
}

/** What of a reply has not been said, where the messages end with its beginning. */
function restOf(whole: string, messages: Messages): string {
  const last = messages.at(-1);
  const isAsked = last?.role === 'user' && GO_ON.test(last.content ?? '');
  const own = isAsked ? messages.at(-2) : last;
  const said = own?.role === 'assistant' ? (own.content ?? '').trim() : '';
  // The words of a turn before the one that is answered may be joined to it.
  const at = said === '' ? -1 : longestEnd(said, whole);
  return at > 0 ? whole.slice(at).trim() || whole.slice(-1) : whole;
}

/** How long a beginning of `whole` the text ends with. */
function longestEnd(said: string, whole: string): number {
  for (let length = Math.min(said.length, whole.length); length > 0; length -= 1)
    if (said.endsWith(whole.slice(0, length))) return length;
  return 0;
}

/** What a prompt knows of the turns before the one that it asks about. */
export function toPrompt({ messages }: RequestView): Prompt {
  const turns: { ref: string; said: string[] }[] = [];
  for (const { role, content } of messages) {
    const text = content ?? '';
    if (role === 'user' && !GO_ON.test(text)) turns.push(...refsIn(text).map((ref) => ({ ref, said: [] })));
    if (role === 'assistant' && text !== '' && text !== '…') turns.at(-1)?.said.push(text);
  }
  const ref = turns.at(-1)?.ref ?? '';
  return { ref, before: turns.slice(0, -1).map(({ ref: of, said }) => ({ ref: of, said: said.join(' ') })) };
}
