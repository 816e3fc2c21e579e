interface FailureOptions {
  readonly status?: number;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  /** Default: by the status, and only where it is not retryable. */
  readonly refused?: boolean;
  readonly isTooLong?: boolean;
  readonly cause?: unknown;
}

/** What was sent is at fault. A server says so as well of a name in it that it does not know. */
const REFUSING: readonly (number | undefined)[] = [400, 413, 422];

/** A provider did not do what it was asked. The message never holds a key or the caller's words. */
export class ProviderFailure extends Error {
  override readonly name = 'ProviderFailure';
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** Whether asking the same again may help. */
  readonly retryable: boolean;
  /** How long the server wants to be left alone, where it has said so. */
  readonly retryAfterMs: number | undefined;
  /** What was asked is refused: the provider is up, and something else may well be answered. */
  readonly refused: boolean;
  /** It was sent more than it takes, and says so. */
  readonly isTooLong: boolean;

  constructor(message: string, options: FailureOptions) {
    super(message, { cause: options.cause });
    this.status = options.status;
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
    this.refused = options.refused ?? (!options.retryable && REFUSING.includes(options.status));
    this.isTooLong = options.isTooLong ?? false;
  }
}
