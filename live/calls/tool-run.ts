import type { Checked, Reconciled, ServedCall, ToolContext, ToolLog, TurnMetadata } from '../../agent/agent.ts';
import type { BegunWhere, CallResult, ToolPolicy } from '../../contract/rounds.ts';
import type { Clock } from '../../time/clock.ts';

/** What one attempt is told, whatever tool it runs. */
export type AttemptContext = Omit<ToolContext, 'metadata'>;

/** One attempt at a call, wherever it runs: on this thread or on another one. Rejects with what the tool threw. */
export type RunTool = (context: AttemptContext) => Promise<Checked<unknown>>;

/** The author's function that says whether a write happened, wherever it runs. Rejects with what it threw. */
export type RunReconcile = (context: AttemptContext) => Promise<Checked<Reconciled>>;

export interface ToolRun {
  readonly run: RunTool;
  /** Absent where nobody can be asked whether it happened. */
  readonly reconcile?: RunReconcile | undefined;
  /** Of a write whose policy says what to do then. */
  readonly mayHaveBegun?: BegunWhere | undefined;
  readonly policy: ToolPolicy;
  /** Its secret values are hidden in what the tool returns, throws and reports. */
  readonly metadata: Pick<TurnMetadata, 'hideIn' | 'hideInJson'>;
  readonly served: ServedCall;
  readonly log: ToolLog;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onAttempt: (attempt: number) => void;
  readonly onProgress: (note: string, attempt: number) => void;
  /** The tool threw, while its attempt was not over yet. */
  readonly onThrown: (thrown: unknown) => void;
}

export type Attempt = Pick<CallResult, 'ok' | 'result' | 'error' | 'cut'>;
