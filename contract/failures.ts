// Every failure that crosses Temporal has one of these types. No schema library here: workflow code imports this file.

/** `retryable`: whether Temporal may run the same step again by itself. */
export const failures = {
  /** The model could not be reached, or broke off, and a second try failed too. */
  'Model.Failed': { retryable: false },
  /** Home answered 503 before it took the first step, or died before it: nothing was done. */
  'Turn.Abandoned': { retryable: false },
  /** The workflow was started by something other than a post, under an id or without the number and home that a post gives. */
  'Turn.NotPosted': { retryable: false },
  /** A post through Temporal was refused: its conversation, its agent or its words. */
  'Post.Refused': { retryable: false },
  /** No process can take the post now. */
  'Post.Postponed': { retryable: true },
  /** The model failed; the caller heard the apology. */
  'Turn.ModelFailed': { retryable: false },
  /** A reset made this run of a turn that had ended: it does nothing again and reports nothing. */
  'Turn.Reset': { retryable: false },
  /** The turn's work took longer than it may. */
  'Turn.Expired': { retryable: false },
  /** The turn names an agent that the worker does not serve. */
  'Turn.UnknownAgent': { retryable: false },
  /** The metadata of the turn's conversation does not fit the agent's schema. */
  'Turn.MetadataRefused': { retryable: false },
  /** A step's result is larger than Temporal accepts. */
  'Step.TooLarge': { retryable: false },
  /** A workflow or an update got a malformed argument. */
  'Message.Malformed': { retryable: false },
  /** Home could not cut the turn; the turn goes on. */
  'Interrupt.Failed': { retryable: false },
  /** The process is stopping or no longer knows the turn: another one takes over. */
  'Home.Lost': { retryable: false },
  /** The process is not the turn's home: the step is sent there instead. */
  'Home.Elsewhere': { retryable: false },
  /** A tools-only worker is stopping, and a tool had not ended. */
  'Worker.Lost': { retryable: false },
  /** Another process has taken the turn: what an older home of it tells the record is refused. */
  'Home.Replaced': { retryable: false },
} as const;

export type FailureType = keyof typeof failures;

/** What `ApplicationFailure.create` takes, for a failure of the list. `details` travel with the failure. */
export function failureOptions(type: FailureType, message: string, details: unknown[] = []): FailureOptions {
  return { type, message, details, nonRetryable: !failures[type].retryable };
}

interface FailureOptions {
  readonly type: FailureType;
  readonly message: string;
  readonly details: unknown[];
  readonly nonRetryable: boolean;
}
