/** A provider did not do what it was asked. The message never holds a key or the caller's words. */
export class ProviderFailure extends Error {
  override readonly name = 'ProviderFailure';
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** Whether asking the same again may help. */
  readonly retryable: boolean;

  constructor(message: string, options: { status?: number; retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.status = options.status;
    this.retryable = options.retryable;
  }
}
