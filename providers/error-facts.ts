// What may be told of a provider's error: codes and numbers, and none of its words, in which servers repeat keys and callers.

const RETRYABLE_BELOW_500: readonly number[] = [408, 409, 429];
/** What a model wrote could not be read: another try writes something else. */
const TRANSIENT_CODES: readonly unknown[] = ['tool_use_failed', 'json_validate_failed', 'output_parse_failed'];
/** The account has nothing left: no try helps until somebody pays. */
const USED_UP_CODES: readonly unknown[] = ['insufficient_quota', 'billing_error'];
/** How servers say that there are more tokens than the model takes, in code or words. */
const TOO_LONG =
  /context.{0,12}(?:length|size|window)|(?:prompt|input|request|message).{0,40}too (?:long|large)|too many tokens|tokens?.{0,40}exceed|exceed.{0,40}tokens?/i;
/** What `code`, `type` and `param` look like; anything else in them may be what must not be repeated. */
const WIRE_WORD = /^[a-z][a-z0-9_.[\]]{0,79}$/;

export function isWireWord(value: unknown): value is string {
  return typeof value === 'string' && WIRE_WORD.test(value);
}

export function quoted(label: string, value: unknown): string {
  return isWireWord(value) ? `, ${label} '${value}'` : '';
}

/** Whether asking the same again may help. */
export function isTransient(status: number, code: unknown): boolean {
  if (isUsedUp(code)) return false;
  return status >= 500 || RETRYABLE_BELOW_500.includes(status) || TRANSIENT_CODES.includes(code);
}

export function isUsedUp(code: unknown): boolean {
  return USED_UP_CODES.includes(code);
}

/** Whether a server that refuses says that it was sent more than it takes, in its code or its words. */
export function isTooLong(status: number, said: string): boolean {
  return status === 413 || TOO_LONG.test(said);
}

/** When the server wants to be asked again, in seconds or as a date; some servers give it in ms beside that. */
export function toRetryAfterMs(header: (name: string) => string | null | undefined): number | undefined {
  const ms = Number.parseFloat(header('retry-after-ms') ?? '');
  if (Number.isFinite(ms)) return Math.max(0, ms);
  const after = header('retry-after')?.trim() ?? '';
  const waitMs = /^[\d.]+$/.test(after) ? Number.parseFloat(after) * 1_000 : Date.parse(after) - Date.now();
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}

/** The system error underneath, such as ECONNREFUSED. */
export function systemError(error: unknown): (Error & { readonly code: string }) | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at as Error & { readonly code: string };
  }
  return undefined;
}

export function systemCode(error: unknown): string {
  const found = systemError(error);
  return found ? `, '${found.code}'` : '';
}

/** The same parts; an error among them becomes another one, and an aborted `signal` ends them with its reason. */
export async function* withFailures<T>(
  parts: AsyncIterable<T>,
  toFailure: (error: unknown) => Error,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  signal.throwIfAborted();
  try {
    for await (const part of parts) {
      signal.throwIfAborted();
      yield part;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw toFailure(error);
  }
  signal.throwIfAborted();
}
