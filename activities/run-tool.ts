import { ApplicationFailure, Context } from '@temporalio/activity';
import type { TurnMetadata } from '../agent/agent.ts';
import { failureOptions } from '../contract/failures.ts';
import type { Json } from '../contract/items.ts';
import type { StoredMetadata } from '../contract/metadata.ts';
import type { CallResult } from '../contract/rounds.ts';
import type { RunToolInput } from '../contract/steps.ts';
import type { CallDependencies } from '../live/calls/call-step.ts';
import { notCalled, runForHome } from '../live/calls/run-for-home.ts';
import { type Clock, processClock } from '../time/clock.ts';
import { currentRun } from './open-at-home.ts';
import { beginPulse } from './pulse.ts';

/** What an author's function threw at a tools-only worker. */
export interface ThrownElsewhere {
  readonly conversation: string;
  readonly turn: string;
  readonly call: string;
  readonly thrown: unknown;
  /** What no line of a log may repeat: the arguments of the call, and values of secret metadata. */
  readonly given: Json;
  readonly secrets: readonly string[];
}

export interface ToolWorkerDependencies {
  /** What calls are run with; asked for each. */
  readonly calls: () => CallDependencies;
  /** Throws where its secret fields cannot be read. */
  readonly openMetadata: (conversationId: string, stored: StoredMetadata) => TurnMetadata;
  readonly onThrown: (thrown: ThrownElsewhere) => void;
  /** Default: that of the process. */
  readonly clock?: Clock;
}

/** Runs a tool for a call that has begun at the turn's home. It does not fail: what went wrong is its result. */
export function createRunTool(deps: ToolWorkerDependencies) {
  return async function runTool({ start, ...input }: RunToolInput): Promise<CallResult> {
    const context = Context.current();
    const stop = new AbortController();
    const handover = Promise.withResolvers<never>();
    // A read is aborted; a write that has begun goes on, and its result counts for a while.
    const onCancel = (): void => {
      if (context.cancellationDetails?.workerShutdown) handover.reject(workerLost('it is stopping'));
      else stop.abort(new Error('The call is not wanted any more'));
    };
    using _pulse = beginPulse(() => context.heartbeat());
    context.cancellationSignal.addEventListener('abort', onCancel, { once: true });
    try {
      const { workflowId: id } = currentRun();
      const by = { conversation: start.conversationId, turn: id };
      const metadata = open(deps, start, (thrown) =>
        deps.onThrown({ ...by, call: input.step, thrown, given: null, secrets: [] }),
      );
      if (!metadata) return notCalled(input, NO_METADATA);
      const { secrets } = metadata;
      const threw = (call: string, thrown: unknown, given: Json = null): void =>
        deps.onThrown({ ...by, call, thrown, given, secrets });
      const turn = { id, start, metadata, clock: deps.clock ?? processClock, account: { threw } };
      // Nobody reads the events of a turn here.
      const calling = { ...deps.calls(), turn, publish: () => undefined, signal: stop.signal };
      return await Promise.race([runForHome(input, calling), handover.promise]);
    } finally {
      context.cancellationSignal.removeEventListener('abort', onCancel);
    }
  };
}

const NO_METADATA = 'The tool was not called: its worker cannot read the metadata of the conversation';

/** Undefined where it cannot be read: no key for its secret fields, or a broken seal. */
function open(
  { openMetadata }: ToolWorkerDependencies,
  start: RunToolInput['start'],
  onThrown: (thrown: unknown) => void,
): TurnMetadata | undefined {
  try {
    return openMetadata(start.conversationId, start);
  } catch (error) {
    onThrown(error);
    return undefined;
  }
}

function workerLost(why: string): ApplicationFailure {
  return ApplicationFailure.create(failureOptions('Worker.Lost', `This worker cannot run the tool: ${why}`));
}
