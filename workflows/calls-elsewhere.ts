import { ActivityFailure, TimeoutFailure, TimeoutType } from '@temporalio/common';
import { isCancellation } from '@temporalio/workflow';
import type { CallResult } from '../contract/rounds.ts';
import type { CallToolResult, PassGateResult, RunToolInput } from '../contract/steps.ts';
import type { OpenedStart } from '../contract/turn.ts';
import { maybeBegun } from '../turn/maybe-begun.ts';
import { failedResult } from '../turn/plan-calls.ts';
import { EarlierAttempts } from './earlier-attempts.ts';
import type { HomeStep } from './home-step.ts';
import type { Home } from './home.ts';
import type { PlayerPort } from './player-port.ts';
import { messageOf } from './step-error.ts';

/** A worker may die in each of them. */
const MOST_ATTEMPTS = 3;

export interface CallElsewhere extends Pick<RunToolInput, 'step' | 'name' | 'arguments' | 'policy'> {
  /** Its end at home: as for a tool that runs there. */
  readonly ifLate: HomeStep<CallToolResult>['ifLate'];
  /** Whether home itself has cancelled it. */
  readonly isCancelledAtHome: () => boolean;
}

/** Does a step of a call at home. */
type AtHome = Home['do'];

/**
 * Calls whose tools run at tools-only workers.
 *
 * 1. Home looks at gate and barge-in, and lets the call begin in that tick (I1). From then on it has begun, whatever home the turn
 *    has: a barge-in treats it as its policy says.
 * 2. Then the tool is scheduled for the workers of its group. One that is lost is replaced; a write that it may have begun is
 *    repeated as its policy says, or is of unknown outcome.
 * 3. Home gets the result and does the rest: fallback, words for a failure, what readers see.
 */
export class CallsElsewhere {
  readonly #start: OpenedStart;
  readonly #port: PlayerPort;
  readonly #isPastReset: () => boolean;
  readonly #begun = new Set<string>();

  constructor(start: OpenedStart, port: PlayerPort, isPastReset: () => boolean) {
    this.#start = start;
    this.#port = port;
    this.#isPastReset = isPastReset;
  }

  /** Those that home has let begin. */
  get begun(): readonly string[] {
    return [...this.#begun];
  }

  async do(call: CallElsewhere, atHome: AtHome): Promise<CallToolResult> {
    const { ifLate, isCancelledAtHome, ...asked } = call;
    const { step } = call;
    const { ended } = await atHome<PassGateResult>({
      id: `gate:${step}`,
      ifLate: () => 'again',
      schedule: (place) => this.#port.passGate(place, asked),
    });
    if (ended) return ended;
    this.#begun.add(step);
    const ran = await this.#run(asked).catch((error: unknown) => {
      if (!isCancellation(error) || isCancelledAtHome()) throw error;
      return NOT_WANTED;
    });
    // Home has to be told, also of what was cancelled.
    const { ended: told } = this.#port.begin(() =>
      atHome<CallToolResult>({ id: step, ifLate, schedule: (place) => this.#port.callTool(place, { ...asked, ran }) }),
    );
    return told;
  }

  async #run(asked: Omit<RunToolInput, 'start' | 'mayHaveBegun'>): Promise<CallResult> {
    const { effect, ifBegun } = asked.policy;
    const isRepeatable = ifBegun !== undefined;
    const earlier = new EarlierAttempts<CallResult>({
      isRepeatable,
      ...(effect === 'write' && { ifMaybeBegun: maybeBegun }),
    });
    if (this.#isPastReset()) earlier.mayHaveBegun('in an earlier run');
    for (let attempt = 1; ; attempt += 1) {
      const settled = earlier.settle(true);
      if (settled) return settled.result;
      try {
        return await this.#port.runTool({ ...asked, ...earlier.told, start: this.#told });
      } catch (error) {
        const isLost = !isCancellation(error) && !isUntaken(error);
        if (isLost) earlier.lost('no_heartbeat');
        earlier.left();
        if (isLost && attempt < MOST_ATTEMPTS) continue;
        return earlier.settle(false)?.result ?? unsettled(error, asked);
      }
    }
  }

  get #told(): RunToolInput['start'] {
    const { conversationId, metadata, sealed, traceparent, tracestate } = this.#start;
    return {
      conversationId,
      ...(metadata && { metadata }),
      ...(sealed && { sealed }),
      ...(traceparent !== undefined && { traceparent }),
      ...(tracestate !== undefined && { tracestate }),
    };
  }
}

/** What is left of a call that has not begun, or that may run any number of times. */
function unsettled(error: unknown, { policy: { worker = '', budgetMs } }: Pick<RunToolInput, 'policy'>): CallResult {
  if (isCancellation(error)) throw error;
  if (!isUntaken(error)) return failedResult({ kind: 'failed', message: messageOf(error) });
  return failedResult({ kind: 'timed_out', message: `No worker of group '${worker}' took it within ${budgetMs} ms` });
}

/** No worker has taken it in time, so that it has not begun. */
function isUntaken(error: unknown): boolean {
  if (!(error instanceof ActivityFailure) || !(error.cause instanceof TimeoutFailure)) return false;
  return error.cause.timeoutType === TimeoutType.SCHEDULE_TO_START;
}

const NOT_WANTED = failedResult({ kind: 'cancelled', message: 'The call was cancelled' });
