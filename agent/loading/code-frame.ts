import { readFileSync } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';

/** Where in a source file something is wrong. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1; absent where only the line is known. */
  readonly column?: number;
}

const LINES_BEFORE = 2;
const LINES_AFTER = 1;
const MAX_LINE_CHARS = 160;

/** The place, and the lines around it with a mark below the column; without the lines if the file cannot be read. */
export function codeFrame(place: Place): string {
  const head = `  ${placeText(place)}`;
  const lines = readLines(place.file);
  if (lines[place.line - 1] === undefined) return head;
  const first = Math.max(1, place.line - LINES_BEFORE);
  const after = lines.slice(place.line, place.line + LINES_AFTER).filter((text) => text.trim() !== '').length;
  const last = place.line + after;
  const width = String(last).length;
  const shown = lines.slice(first - 1, last).flatMap((text, index) => {
    const number = first + index;
    const isHere = number === place.line;
    const numbered = `  ${isHere ? '>' : ' '} ${String(number).padStart(width)} | ${text.slice(0, MAX_LINE_CHARS)}`;
    const isMarked = isHere && place.column !== undefined && place.column <= MAX_LINE_CHARS;
    if (!isMarked) return [numbered.trimEnd()];
    const indent = text.slice(0, place.column - 1).replaceAll(/[^\t]/g, ' ');
    return [numbered.trimEnd(), `    ${' '.repeat(width)} | ${indent}^`];
  });
  return [head, ...shown].join('\n');
}

/** `tools/find-order.ts:12:5`, relative to the working directory if it is in there. */
export function placeText({ file, line, column }: Place): string {
  return [fileText(file), line, ...(column === undefined ? [] : [column])].join(':');
}

export function fileText(file: string): string {
  const inside = relative(process.cwd(), file);
  return inside === '' || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? file : inside;
}

export function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return []; // The error that is being described is worth more than its frame.
  }
}
