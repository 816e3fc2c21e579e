/** The size of a value as JSON, in bytes of UTF-8: what it takes of a payload. */
export function jsonBytes(value: unknown): number {
  return utf8Bytes(JSON.stringify(value) ?? '');
}

/** The longest beginning of a text that takes at most so many bytes as JSON, without its quotes; no character is cut in two. */
export function firstBytes(text: string, limitBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += escapedBytes(character);
    if (bytes > limitBytes) return text.slice(0, end);
    end += character.length;
  }
  return text;
}

/** In a text without lone surrogates a pair takes four bytes, and any other unit what its code says. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 || isSurrogate(unit) ? 1 : 2;
  }
  return bytes;
}

/** Of one code point, as `JSON.stringify` writes it. */
function escapedBytes(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return '\b\t\n\f\r'.includes(character) ? 2 : 6;
  if (character === '"' || character === '\\') return 2;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  if (isSurrogate(code)) return 6;
  return code < 0x10000 ? 3 : 4;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
