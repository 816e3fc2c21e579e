import { Context } from '@temporalio/activity';
import type { StepInput } from '../contract/steps.ts';
import type { LiveTurn } from '../live/live-turn.ts';
import { currentRun } from './current-run.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { announce, checkHome, homeLost, openAtHome } from './open-at-home.ts';

/** Well under the heartbeat timeout of a step (2 s), and no faster than the SDK's throttle lets through. */
const HEARTBEAT_MS = 500;

export interface StepPlan<T> {
  /** What a run of this step was begun with, if this process has begun it. Left out where it has no run of its own. */
  readonly content?: object;
  /** What it comes to where home has told the turn's end, and only the record has not heard of it. Left out: another home takes it. */
  readonly ifEnded?: () => T;
  /** What it comes to where the record wants it to end, and it goes on. Left out: it ends when it is aborted. `over`: it has ended. */
  readonly ifStopped?: (turn: LiveTurn, over: AbortSignal) => Promise<T>;
  /** The record does a step that this process leaves to it. */
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
  const kept = deps.turns.kept<T>(run, input.step);
  if (kept !== undefined) return kept;
  if (plan.ifEnded && deps.turns.hasEnded(run)) return plan.ifEnded();
  const turn = openAtHome(deps, input, run);
  if (input.opens) announce(deps, turn);
  const handover = Promise.withResolvers<T>();
  const over = new AbortController();
  const onCancel = (): void => {
    const { cancelRequested, notFound, workerShutdown } = context.cancellationDetails ?? {};
    if (cancelRequested) turn.claims.cancel(input.step);
    if (cancelRequested && plan.ifStopped) handover.resolve(plan.ifStopped(turn, over.signal));
    // A step of a workflow that was terminated is cancelled like one that its turn does not want any more.
    if (cancelRequested || notFound) turn.loseTouch();
    if (workerShutdown) handover.reject(homeLost('it is stopping'));
  };
  const leave = turn.touch();
  const pulse = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  try {
    await followRecord(deps, turn, { ...plan, step: input.step });
    const work = plan.run(turn);
    turn.recorded(input.step);
    if (context.cancellationSignal.aborted) onCancel();
    context.cancellationSignal.addEventListener('abort', onCancel, { once: true });
    return await Promise.race([work, handover.promise]);
  } finally {
    over.abort();
    clearInterval(pulse);
    leave();
    context.cancellationSignal.removeEventListener('abort', onCancel);
  }
}

/** The record decides. Where it comes to a step that was not foreseen here, what runs ahead of it is dropped. */
async function followRecord(
  { readTurn }: ActivityDependencies,
  turn: LiveTurn,
  { step, content, isLeftToRecord = false }: Pick<StepPlan<unknown>, 'content' | 'isLeftToRecord'> & { step: string },
): Promise<void> {
  if (!turn.runsAhead || !content || isLeftToRecord || turn.claims.has(step, content)) return;
  turn.halt(await readTurn(turn.id));
}
