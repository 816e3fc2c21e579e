import { ApplicationFailure, Context } from '@temporalio/activity';
import { failureOptions } from '../contract/failures.ts';
import type { StepInput } from '../contract/steps.ts';
import { isUnforeseen, type AskedStep } from '../live/turns/home-steps.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { checkHome, currentRun, homeLost, openAtHome } from './open-at-home.ts';
import { beginPulse } from './pulse.ts';

/** Temporal takes 2 MiB a payload. */
const MOST_RESULT_BYTES = 1.75 * 1024 * 1024;

export interface StepPlan<T> extends Omit<AskedStep, 'step'> {
  /** The result if home has reported the turn's end and the record does not know it yet. Absent: another home takes the step. */
  readonly ifEnded?: () => T;
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
  if (input.opens) turn.announce();
  const handover = Promise.withResolvers<never>();
  const onCancel = (): void => {
    const { cancelRequested, notFound, workerShutdown } = context.cancellationDetails ?? {};
    if (cancelRequested) turn.claimable.cancel(input.step);
    // A step of a workflow that was terminated is cancelled like one that its turn no longer needs.
    if (cancelRequested || notFound) turn.contact.lose();
    if (workerShutdown) handover.reject(homeLost('it is stopping', turn.voice.begun));
  };
  const leave = turn.contact.hold();
  const tell = (): void => context.heartbeat(turn.voice.begun);
  using _pulse = beginPulse(tell);
  using _telling = turn.voice.listen(tell);
  try {
    // What runs ahead of the record is discarded.
    if (isUnforeseen(turn, { ...plan, step: input.step })) turn.halt(await deps.readTurn(turn.id));
    const work = plan.run(turn);
    turn.recorded(input.step);
    if (context.cancellationSignal.aborted) onCancel();
    context.cancellationSignal.addEventListener('abort', onCancel, { once: true });
    return checkSize(await Promise.race([work, handover.promise]), input.step);
  } finally {
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
