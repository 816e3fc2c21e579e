// Every failure that crosses Temporal has one of these types. No schema library here: workflow code imports this file.

/** `retryable`: whether Temporal may run the same step again by itself. */
export const failures = {
  /** The model could not be reached, or broke off, and a second try did not help either. */
  'Model.Failed': { retryable: false },
  /** Home answered 503 before it took the first step, or died before it: nothing was done. */
  'Turn.Abandoned': { retryable: false },
  /** The model failed; the caller heard the apology. */
  'Turn.ModelFailed': { retryable: false },
  /** The turn names an agent that the worker does not serve. */
  'Turn.UnknownAgent': { retryable: false },
  /** A step of a turn was lost with its process, and so was every attempt to do it elsewhere. */
  'Turn.StepLost': { retryable: false },
  /** This process's record of the turn could not be read; another attempt may succeed. */
  'Turn.RecordUnavailable': { retryable: true },
} as const;

export type FailureType = keyof typeof failures;

export const nonRetryableFailures: FailureType[] = (Object.keys(failures) as FailureType[]).filter(
  (type) => !failures[type].retryable,
);
