const WORDS_PER_SENTENCE = 12;
/** As much as a socket gives at once. */
const PART_BYTES = 64 * 1024;

const END = `${event({}, 'stop')}data: [DONE]\n\n`;

function event(delta: object, reason: string | null = null): string {
  const shared = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_741_569_952, model: 'm' };
  return `data: ${JSON.stringify({ ...shared, choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
}

function toParts(text: string): Uint8Array[] {
  const bytes = Buffer.from(text);
  const count = Math.ceil(bytes.length / PART_BYTES);
  return Array.from({ length: count }, (_, part) => bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES));
}

/** A long reply, a word in each event and each event by itself. */
export function longReply(chunks: number): readonly Uint8Array[] {
  const words = Array.from({ length: chunks }, (_, at) => {
    const isLast = at % WORDS_PER_SENTENCE === WORDS_PER_SENTENCE - 1;
    return event({ content: isLast ? ` order${at}.` : ` the` });
  });
  return [...words, END].map((text) => Buffer.from(text));
}

const words = (text: string): string => event({ content: text }) + END;
const call = (args: string): string =>
  event({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'find', arguments: args } }] }) +
  END;

const MILLION = 1_000_000;

/** Replies with something huge in them, as they arrive. */
export const hugeReplies: Readonly<Record<string, readonly Uint8Array[]>> = {
  'a field of 1 MB that nobody reads': toParts(event({ content: 'Hi.', padding: 'x'.repeat(MILLION) }) + END),
  'thoughts of 1 MB in one event': toParts(event({ reasoning_content: 'so '.repeat(MILLION / 3) }) + words('Hi.')),
  'words of 1 MB in one event': toParts(words('And so on. '.repeat(MILLION / 11))),
  'words of 1 MB without a full stop': toParts(words('so '.repeat(MILLION / 3))),
  '1 MB of dashes': toParts(words(`${'-'.repeat(MILLION)}x. `)),
  '1 MB of line ends': toParts(words(`${'\n'.repeat(MILLION)}x. `)),
  '1 MB of emoji': toParts(words('🎉'.repeat(MILLION / 4))),
  'words of 1 MB, each of its marks the beginning of a tag': toParts(words('<'.repeat(MILLION))),
  'arguments of 1 MB in one event': toParts(call(`{"order":"${'x'.repeat(MILLION)}"}`)),
  'an event without an end': toParts(`data: ${'x'.repeat(2 * MILLION)}`),
  'a comment without an end': toParts(`: ${'x'.repeat(2 * MILLION)}`),
  '1 MB of empty events': toParts('data: {}\n\n'.repeat(MILLION / 10) + words('Hi.')),
  '1 MB of heartbeats': toParts(': heartbeat\n\n'.repeat(MILLION / 13) + words('Hi.')),
};
