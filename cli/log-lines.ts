import type { ErrorFields } from '../worker/log/error-fields.ts';
import type { ToolLine } from '../worker/log/tool-lines.ts';
import type { TurnReport } from '../worker/log/turn-report.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Entry extends Fields {
  readonly level: number;
  readonly time: number;
  readonly msg?: string;
}

const LEVELS: Readonly<Record<number, string>> = {
  ...{ 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' },
};
const INDENT = '    ';

type Style = 'dim' | 'yellow' | 'red';
/** Gives a text a colour, where there are any. */
export type Paint = (style: Style, text: string) => string;

const STYLES: Readonly<Record<number, Style>> = { 10: 'dim', 20: 'dim', 40: 'yellow', 50: 'red', 60: 'red' };

/** One entry of the log, as JSON, in a form to read: a line, and below it the stack of what was thrown. */
export function toLogLines(json: string, paint: Paint = (_, text) => text): string {
  const { level, time, msg = '', ...fields } = JSON.parse(json) as Entry;
  const [first = '', ...rest] = describeEntry(msg, fields);
  const name = (LEVELS[level] ?? String(level)).padEnd(5);
  const style = STYLES[level];
  const head = `${paint('dim', timeOf(time))} ${style ? paint(style, name) : name} ${printable(first)}`;
  return [head, ...rest.map((line) => paint('dim', printable(`${INDENT}${line}`)))].join('\n') + '\n';
}

function describeEntry(msg: string, fields: Fields): string[] {
  if (isTurnReport(fields)) return describeTurn(fields);
  return isToolLine(fields) ? describeToolLine(msg, fields) : describeFields(msg, fields);
}

function isToolLine(fields: Fields): fields is Fields & ToolLine {
  return ['tool', 'call', 'turn', 'conversation'].every((name) => name in fields);
}

function describeToolLine(msg: string, { tool, fields = {}, call, turn }: ToolLine): string[] {
  const [head = '', ...errors] = describeFields(`${tool}: ${msg}`, fields);
  return [`${head} (${call} of ${turn})`, ...errors];
}

function isTurnReport(fields: Fields): fields is Fields & TurnReport {
  return 'turn' in fields && 'outcome' in fields && 'steps' in fields;
}

function describeTurn(turn: TurnReport): string[] {
  const { number, conversation, outcome, reason, durationMs, steps, troubles, url } = turn;
  const why = reason === undefined ? '' : ` (${reason})`;
  const done = steps.map(({ step, ok, durationMs: ms }) => `${step} ${ms}${ok ? '' : ' failed'}`);
  const parts = [
    `turn ${number} of ${conversation} ${outcome}${why} after ${durationMs} ms`,
    ...firstOf(turn),
    ...(done.length > 0 ? [`steps in ms: ${done.join(', ')}`] : []),
    ...(url === undefined ? [] : [url]),
  ];
  return [parts.join('; '), ...troubles.flatMap(describeTrouble)];
}

function firstOf({ firstAudioMs, firstWordsMs }: TurnReport): string[] {
  if (firstAudioMs !== undefined) return [`first audio after ${firstAudioMs} ms`];
  return firstWordsMs === undefined ? [] : [`first words after ${firstWordsMs} ms`];
}

function describeTrouble({ step, kind, message, err }: TurnReport['troubles'][number]): string[] {
  const head = `${step}${kind === undefined ? '' : ` ${kind}`}: `;
  if (err) return withHead(head, describeError(err));
  return [`${head}${message ?? ''}`];
}

function describeFields(msg: string, fields: Fields): string[] {
  const [head = '', ...more] = msg.split('\n');
  const errors: string[] = [];
  const pairs: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    if (isErrorFields(value)) errors.push(...describeError(value));
    else pairs.push(`${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  }
  return [[head, ...pairs].join(' '), ...more, ...errors];
}

function isErrorFields(value: unknown): value is ErrorFields {
  return typeof value === 'object' && value !== null && 'type' in value && 'message' in value;
}

function describeError({ type, message, stack, cause, errors = [] }: ErrorFields): string[] {
  const inner = [...(cause ? [cause] : []), ...errors].map((error) => withHead('caused by ', describeError(error)));
  return [...(stack === undefined ? [`${type}: ${message}`] : authorsPart(stack)), ...inner.flat()];
}

const OWN = new URL('../', import.meta.url).href;
const AUTHORED = /^(examples|test|bench|node_modules)\//;

/** Of the stack of what an author's code threw, not what had called that code: neither Legato's frames nor Node's above them. */
function authorsPart(stack: string): readonly string[] {
  const [head = '', ...frames] = stack.split('\n');
  const called = frames.slice(0, frames.findIndex(isOwn));
  const end = called.findLastIndex((frame) => !frame.includes('node:')) + 1;
  return [head, ...(frames.some(isOwn) && end > 0 ? called.slice(0, end) : frames)];
}

function isOwn(frame: string): boolean {
  const [, path] = frame.split(OWN);
  return path !== undefined && !AUTHORED.test(path);
}

function withHead(head: string, [first = '', ...rest]: readonly string[]): string[] {
  return [`${head}${first}`, ...rest];
}

function timeOf(time: number): string {
  return new Date(time).toTimeString().slice(0, 8) + `.${String(time % 1000).padStart(3, '0')}`;
}

/** What others wrote must not move the cursor of a terminal. */
function printable(line: string): string {
  return line.replaceAll(/\p{Cc}/gu, ' ');
}
