/** What JSON writes of a backslash, and of half a surrogate pair, which no text in UTF-8 can hold. */
const ESCAPED = /\\(?:\\|u(?<half>d[89a-f][0-9a-f]{2}))/g;

/** JSON text without half a character anywhere: servers refuse it, in the JSON itself or in a JSON text inside it. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll(ESCAPED, (escaped, half?: string) =>
    half === undefined ? escaped : '\ufffd',
  );
}
