import { ApplicationFailure, Context } from '@temporalio/activity';
import { failureOptions } from '../contract/failures.ts';
import type { StepInput } from '../contract/steps.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { announce, checkHome, currentRun, homeLost, openAtHome } from './open-at-home.ts';

/** Well under the heartbeat timeout of a step (2 s), and no faster than the SDK's throttle lets through. */
const HEARTBEAT_MS = 500;
/** Temporal takes 2 MiB a payload. */
const MOST_RESULT_BYTES = 1.75 * 1024 * 1024;

export interface StepPlan<T> {
  /** What a run of this step was begun with, if this process has begun it. Absent if the step has no run of its own. */
  readonly content?: object;
  /** The result if home has reported the turn's end and the record does not know it yet. Absent: another home takes the step. */
  readonly ifEnded?: () => T;
  /** This process leaves the step to the record. */
  readonly isLeftToRecord?: boolean;
  readonly run: (turn: LiveTurn) => Promise<T>;
}

/**
 * Does a step at home. If this process has done or is doing it already, joins that run, so that an attempt after an
 * outage of Temporal finds the work of the first one (I3). Reports life until it ends.
 */
export async function runStep<T>(deps: ActivityDependencies, input: StepInput, plan: StepPlan<T>): Promise<T> {
  checkHome(deps.home, input.home);
  const context = Context.current();
  const run = currentRun();
  const finished = deps.turns.endedRuns.resultOf<T>(run, input.step);
  if (finished !== undefined) return finished;
  if (plan.ifEnded && deps.turns.endedRuns.has(run)) return plan.ifEnded();
  const turn = openAtHome(deps, input, run);
  if (input.opens) announce(deps, turn);
  const handover = Promise.withResolvers<never>();
  const onCancel = (): void => {
    const { cancelRequested, notFound, workerShutdown } = context.cancellationDetails ?? {};
    if (cancelRequested) turn.claimable.cancel(input.step);
    // A step of a workflow that was terminated is cancelled like one that its turn no longer needs.
    if (cancelRequested || notFound) turn.contact.lose();
    if (workerShutdown) handover.reject(homeLost('it is stopping'));
  };
  const leave = turn.contact.hold();
  const pulse = setInterval(() => context.heartbeat(), HEARTBEAT_MS).unref();
  try {
    await followRecord(deps, turn, { ...plan, step: input.step });
    const work = plan.run(turn);
    turn.recorded(input.step);
    if (context.cancellationSignal.aborted) onCancel();
    context.cancellationSignal.addEventListener('abort', onCancel, { once: true });
    return checkSize(await Promise.race([work, handover.promise]), input.step);
  } finally {
    clearInterval(pulse);
    leave();
    context.cancellationSignal.removeEventListener('abort', onCancel);
  }
}

/** Results are kept far below this (`turn/budget.ts`). Temporal would report no error: the step would be lost and scheduled again. */
function checkSize<T>(result: T, step: string): T {
  const bytes = Buffer.byteLength(JSON.stringify(result) ?? '');
  if (bytes <= MOST_RESULT_BYTES) return result;
  const message = `The result of step '${step}' has ${bytes} bytes, over the limit of ${MOST_RESULT_BYTES}`;
  throw ApplicationFailure.create(failureOptions('Step.TooLarge', message));
}

/** The record decides. If it asks for a step that was not foreseen here, what runs ahead of it is discarded. */
async function followRecord(
  { readTurn }: ActivityDependencies,
  turn: LiveTurn,
  { step, content, isLeftToRecord = false }: Pick<StepPlan<unknown>, 'content' | 'isLeftToRecord'> & { step: string },
): Promise<void> {
  if (!turn.runsAhead || !content || isLeftToRecord || turn.claimable.has(step, content)) return;
  turn.halt(await readTurn(turn.id));
}
