/** A script does not say what the model is to do: no fault of the agent. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
}
