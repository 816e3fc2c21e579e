const WORDS = /\s*\S+|\s+$/g;
const ARGUMENT_PIECES = /[^]{1,4}/g;
const CHARACTERS_PER_TOKEN = 4;

/** Text as the tokens that it is streamed in: about a word each. */
export function inWords(text: string): readonly string[] {
  return text.match(WORDS) ?? [];
}

/** Arguments as the pieces of JSON that they are streamed in. */
export function inPieces(args: object | string): readonly string[] {
  return (typeof args === 'string' ? args : JSON.stringify(args)).match(ARGUMENT_PIECES) ?? [];
}

export function countTokens(messages: unknown): number {
  return Math.ceil(JSON.stringify(messages).length / CHARACTERS_PER_TOKEN);
}
