import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Place } from './code-frame.ts';
import { isInPackage } from './in-package.ts';

/** Folder of the authoring API: its frames are not the author's. */
const OWN_FOLDER = `${dirname(import.meta.dirname)}${sep}`;
const FRAME = /^ {4}at (?:(?<name>.+?) \()?(?<file>file:\/\/\S+|\/.+?|[A-Za-z]:\\.+?):(?<line>\d+):(?<column>\d+)\)?$/;

/** A line of a stack that is in the author's code. */
export interface Frame extends Place {
  /** Of the function; absent at the top of a module. */
  readonly name?: string;
}

/** The author's frames of a stack: neither Node's, nor those of packages, nor what imported the module. */
export function authorFrames({ stack = '' }: Error): readonly Frame[] {
  const frames: Frame[] = [];
  for (const text of stack.split('\n')) {
    const { name, file, line, column } = FRAME.exec(text)?.groups ?? {};
    if (file === undefined) continue;
    const path = toPath(file);
    // Below it is what has asked for the agent.
    if (path === `${OWN_FOLDER}load-agent${import.meta.filename.slice(-3)}`) break;
    if (path.startsWith(OWN_FOLDER) || isInPackage(path)) continue;
    const isNamed = name !== undefined && !/^async |^Object\.<anonymous>$/.test(name);
    frames.push({ file: path, line: Number(line), column: Number(column), ...(isNamed && { name }) });
  }
  return frames;
}

/** The place that Node puts above the message of an error that the compiler found: file, line, code and carets. */
export function placeAbove(stack = ''): Place | undefined {
  const [head = '', ...rest] = stack.split('\n');
  const { file, line } = /^(?<file>file:\/\/.+|\/.+|[A-Za-z]:\\.+):(?<line>\d+)$/.exec(head)?.groups ?? {};
  if (file === undefined) return undefined;
  const carets = rest.slice(0, 4).find((text) => /^\s*\^+\s*$/.test(text));
  const column = carets === undefined ? {} : { column: carets.indexOf('^') + 1 };
  return { file: toPath(file), line: Number(line), ...column };
}

function toPath(file: string): string {
  return file.startsWith('file:') ? fileURLToPath(file.replace(/\?.*$/, '')) : file;
}
