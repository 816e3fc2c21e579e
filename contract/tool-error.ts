const mark = Symbol.for('legato.ToolError');

/**
 * Thrown by a tool whose failure is final, such as an order that was shipped already: it is not tried again, `onFailure` is not
 * used, and the model gets the message.
 */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly [mark] = true;
}

/** Also one of another copy of Legato, which the author's module may have loaded. */
export function isToolError(thrown: unknown): thrown is ToolError {
  return thrown instanceof Error && mark in thrown;
}
