interface FailureOptions {
  readonly status?: number;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** A provider did not do what it was asked. The message never holds a key or the caller's words. */
export class ProviderFailure extends Error {
  override readonly name = 'ProviderFailure';
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** Whether asking the same again may help. */
  readonly retryable: boolean;
  /** How long the server wants to be left alone, where it has said so. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: FailureOptions) {
    super(message, { cause: options.cause });
    this.status = options.status;
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}
