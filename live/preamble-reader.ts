/** The argument that carries the words for the caller; it never reaches a tool. */
export const PREAMBLE = 'preamble';
/** A preamble is one short sentence; a model that writes more is cut at a word. */
const LONGEST_PREAMBLE_CHARS = 240;
const ESCAPES: Readonly<Record<string, string>> = { n: ' ', r: ' ', t: ' ', b: '', f: ' ' };
const OPENING = /^\s*\{\s*"preamble"\s*:\s*"/;

/**
 * Reads the preamble out of arguments while they are still being written, as long as it is their first property: the
 * voice begins before the call is complete.
 */
export class PreambleReader {
  #text = '';
  #position: number | undefined;
  #read = 0;
  #closed = false;

  /** Whether the preamble is complete, or as long as it may be. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Takes more of the arguments' JSON; returns what it adds to the preamble. */
  push(text: string): string {
    this.#text += text;
    this.#position ??= OPENING.exec(this.#text)?.[0].length;
    if (this.#position === undefined || this.#closed) return '';
    return this.#take();
  }

  #take(): string {
    let said = '';
    for (let position = this.#position ?? 0; position < this.#text.length;) {
      const unit = /^(?:\\u[0-9a-fA-F]{4}|\\[^u]|[^\\])/s.exec(this.#text.slice(position, position + 6))?.[0];
      if (unit === undefined) break; // an escape that is not all there yet
      position += unit.length;
      this.#position = position;
      if (unit === '"') {
        this.#closed = true;
        break;
      }
      said += toCharacter(unit);
    }
    return this.#shorten(said);
  }

  #shorten(said: string): string {
    const room = LONGEST_PREAMBLE_CHARS - this.#read;
    this.#read += said.length;
    if (said.length <= room) return said;
    this.#closed = true;
    return said.slice(0, Math.max(0, room)).replace(/\s\S*$/, '');
  }
}

function toCharacter(unit: string): string {
  if (!unit.startsWith('\\')) return unit;
  if (unit.startsWith('\\u')) return String.fromCharCode(Number.parseInt(unit.slice(2), 16));
  return ESCAPES[unit.charAt(1)] ?? unit.charAt(1);
}

/** A preamble that stands elsewhere in complete arguments, as it may be said. */
export function toPreamble(value: unknown): string {
  if (typeof value !== 'string') return '';
  const text = value.replaceAll(/\s+/g, ' ').trim();
  return text.length <= LONGEST_PREAMBLE_CHARS ? text : text.slice(0, LONGEST_PREAMBLE_CHARS).replace(/\s\S*$/, '');
}
