/**
 * The SDK records the stack of every promise that a workflow makes, for the call stack in Temporal UI. With the usual ten
 * frames that takes a sixth of a process's processor time. Two are left, beside the SDK's own: what was called, and by whom.
 */
Error.stackTraceLimit = 3;
