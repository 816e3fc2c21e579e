import { Context } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/activity';
import type { StepInput } from '../contract/steps.ts';
import type { StepKind } from '../contract/turn.ts';
import type { LiveTurn } from '../live/live-turn.ts';
import type { NewEvent } from '../stream/turn-stream.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { announce, homeLost, openAtHome } from './open-at-home.ts';

/** Well under the heartbeat timeout of a step (2 s), and no faster than the SDK's throttle lets through. */
const HEARTBEAT_MS = 500;

export interface StepWork {
  readonly turn: LiveTurn;
  readonly publish: (event: NewEvent) => void;
  /** Aborted when the step is cancelled, never because its process lost sight of Temporal. */
  readonly signal: AbortSignal;
}

export interface StepPlan<T> {
  readonly kind: StepKind;
  readonly name?: string;
  /** A write that has begun is never cancelled. */
  readonly cancellable: boolean;
  readonly run: (work: StepWork) => Promise<T>;
}

/**
 * Does a step at home. If this process has done or is doing it already, joins that run, so that an attempt after an
 * outage of Temporal finds the work of the first one (I3). Reports life until it ends.
 */
export async function runStep<T>(deps: ActivityDependencies, input: StepInput, plan: StepPlan<T>): Promise<T> {
  const context = Context.current();
  const turn = openAtHome(deps, input, context.info.workflowExecution?.workflowId ?? '');
  const work = turn.claims.join(input.step, input, (signal) => publishStep({ deps, input, plan, turn, signal }));
  const handover = Promise.withResolvers<never>();
  const onCancel = (): void => {
    if (context.cancellationDetails?.cancelRequested && plan.cancellable) turn.claims.cancel(input.step);
    if (context.cancellationDetails?.workerShutdown) handover.reject(homeLost('it is stopping'));
  };
  if (context.cancellationSignal.aborted) onCancel();
  context.cancellationSignal.addEventListener('abort', onCancel, { once: true });
  const pulse = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  try {
    return await Promise.race([work, handover.promise]);
  } finally {
    clearInterval(pulse);
    context.cancellationSignal.removeEventListener('abort', onCancel);
  }
}

interface StepRun<T> {
  readonly deps: ActivityDependencies;
  readonly input: StepInput;
  readonly plan: StepPlan<T>;
  readonly turn: LiveTurn;
  readonly signal: AbortSignal;
}

async function publishStep<T>({ deps, input, plan, turn, signal }: StepRun<T>): Promise<T> {
  const { step, epoch } = input;
  const publish = (event: NewEvent): void => deps.stream.publish({ turnId: turn.id, step, epoch }, event);
  const named = { step, kind: plan.kind, ...(plan.name !== undefined && { name: plan.name }), attempt: 1 };
  const startedMs = performance.now();
  const finish = (ended: { ok: boolean; error?: { kind: string; message: string } }): void =>
    publish({ type: 'step.finished', ...named, ...ended, durationMs: Math.round(performance.now() - startedMs) });
  if (input.opens) announce(deps, turn, publish);
  publish({ type: 'step.started', ...named });
  try {
    const result = await plan.run({ turn, publish, signal });
    finish({ ok: true });
    return result;
  } catch (error) {
    const { type, message } = error as ApplicationFailure;
    finish({ ok: false, error: { kind: type ?? 'bug', message } });
    throw error;
  }
}
