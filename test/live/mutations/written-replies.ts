import { PREAMBLE } from '../../../contract/rounds.ts';

/** What a model has to say in one round. No word stands in it twice, so that one that is said twice is found. */
export interface WrittenReply {
  readonly words: string;
  /** A call that is written as text, after the words. */
  readonly leaked?: string;
  readonly calls: readonly WrittenCall[];
}

export interface WrittenCall {
  readonly name: 'find' | 'pay';
  readonly arguments: Readonly<Record<string, unknown>>;
}

const find = (order: string): WrittenCall => ({ name: 'find', arguments: { order } });
const pay: WrittenCall = { name: 'pay', arguments: { order: 'qx71' } };

/** Of the first round, by name. */
export const replies = {
  words: { words: 'Grüße Ana, your 注文 is out today. It left Köln at noon 🎉 and arrives on Friday!', calls: [] },
  wordsAndCalls: { words: 'One moment please, Señor.', calls: [find('qx72'), pay] },
  write: { words: '', calls: [pay] },
  parallelCalls: { words: 'Both of them.', calls: [find('qx73'), find('qx74'), pay, find('qx75')] },
  preamble: {
    words: '',
    calls: [
      { name: 'pay', arguments: { [PREAMBLE]: 'Alright, just two "déjà" seconds.', order: 'qx71' } },
      find('qx76'),
    ],
  },
  leakedCall: { words: 'Let me look.', leaked: '<function=find>{"order":"qx77"}</function>', calls: [] },
  leakedCalls: {
    words: '',
    leaked: '<tool_call>\n{"name":"find","arguments":{}}\n</tool_call>',
    calls: [find('qx78')],
  },
} as const satisfies Readonly<Record<string, WrittenReply>>;

/** What is answered once the calls have their results. */
export const answer: WrittenReply = { words: 'That went well. Tschüss 👩‍🚀, bis bald.', calls: [] };

/** Words that stand in thoughts alone. */
export const THOUGHT = 'Hmqx the caller wants zqx.';

/** What stands in the reply's content. */
export function textOf({ words, leaked = '' }: WrittenReply): string {
  return words + leaked;
}

/** What the caller is to hear of a reply. */
export function wordsFor({ words, calls }: WrittenReply): string {
  if (words !== '') return words;
  return calls.map(({ arguments: args }) => args[PREAMBLE]).find((text) => typeof text === 'string') ?? '';
}

/** What is left of a reply whose words were heard so far, of which damage may have made other words. */
export function restOf(reply: WrittenReply, heard: string): WrittenReply {
  const calls = reply.calls.map(({ name, arguments: { [PREAMBLE]: _, ...args } }) => ({ name, arguments: args }));
  return { ...reply, words: afterEnd(wordsFor(reply), heard), calls };
}

/** What follows on the longest end of what was heard that stands in a text. */
function afterEnd(text: string, heard: string): string {
  // Half a character cannot be sent back; the model goes on after it.
  const half = /\uFFFD$/.test(heard) ? 1 : 0;
  const known = heard.slice(0, heard.length - half);
  for (let length = Math.min(known.length, text.length); length > 0; length -= 1) {
    const at = text.lastIndexOf(known.slice(-length));
    if (at >= 0) return text.slice(at + length + half);
  }
  return text.slice(half);
}
