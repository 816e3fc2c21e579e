import { types } from 'node:util';

/** An error as it is logged. */
export interface ErrorFields {
  /** The type of a failure that crossed Temporal, such as `Model.Failed`; otherwise the error's name. */
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  /** The code of a system, gRPC or HTTP error. */
  readonly code?: string | number;
  readonly status?: number;
  readonly cause?: ErrorFields;
  /** The errors inside an AggregateError. */
  readonly errors?: readonly ErrorFields[];
}

const MAX_MESSAGE_CHARS = 2_000;
const MAX_FRAMES = 30;
const MAX_CAUSES = 5;
const MAX_ERRORS = 10;

/**
 * What the log says about an error. Only what is listed here is copied: other properties may hold what a caller said, such as
 * the details of a failure that crosses Temporal, or what a provider was sent. `hide` is applied to each message.
 */
export function toErrorFields(thrown: unknown, hide = (text: string): string => text, depth = 0): ErrorFields {
  if (!isError(thrown))
    return { type: typeof thrown, message: shorten(hide(typeof thrown === 'string' ? thrown : '')) };
  const type = typeof thrown.type === 'string' ? thrown.type : nameOf(thrown);
  const message = shorten(hide(String(thrown.message)));
  const goOn = (inner: unknown): ErrorFields => toErrorFields(inner, hide, depth + 1);
  const inner = depth < MAX_CAUSES ? innerFields(thrown, goOn) : {};
  return { type, message, ...withStack(thrown, `${type}: ${message}`), ...codesOf(thrown), ...inner };
}

/** Fields of a log line with each error as `toErrorFields` writes it. `other` is applied to the rest. */
export function withErrorFields(
  fields: Readonly<Record<string, unknown>>,
  other = (value: unknown): unknown => value,
): Record<string, unknown> {
  const written = (value: unknown): unknown => (isError(value) ? toErrorFields(value) : other(value));
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, written(value)]));
}

type Thrown = Error & Readonly<Record<string, unknown>>;

function codesOf({ code, status }: Thrown): Pick<ErrorFields, 'code' | 'status'> {
  return {
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(typeof status === 'number' && { status }),
  };
}

function innerFields({ cause, errors }: Thrown, goOn: (inner: unknown) => ErrorFields): Partial<ErrorFields> {
  return {
    ...(isError(cause) && { cause: goOn(cause) }),
    ...(Array.isArray(errors) && { errors: errors.slice(0, MAX_ERRORS).map((error) => goOn(error)) }),
  };
}

/** An error that crossed threads has lost its name; its stack still begins with it. */
function nameOf({ name, stack = '' }: Error): string {
  return (name === 'Error' ? /^(\w+): /.exec(stack)?.[1] : undefined) ?? String(name);
}

/** Also of another context, as an error of workflow code is. */
export function isError(value: unknown): value is Thrown {
  return value instanceof Error || types.isNativeError(value);
}

/** The stack begins with the message as it was when the error was made: only its frames are taken over. */
function withStack({ stack }: Error, head: string): Pick<ErrorFields, 'stack'> {
  // Where an agent is reloaded, the URLs of its modules say which time it was.
  const lines = (stack ?? '').replaceAll(/\?legato-generation=\d+/g, '').split('\n');
  const frames = lines.filter((line) => /^ {4}at \S/.test(line));
  return frames.length === 0 ? {} : { stack: [head, ...frames.slice(0, MAX_FRAMES)].join('\n') };
}

function shorten(text: string): string {
  return text.length > MAX_MESSAGE_CHARS ? `${text.slice(0, MAX_MESSAGE_CHARS)}…` : text;
}
