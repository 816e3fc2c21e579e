import { ApplicationFailure, Context } from '@temporalio/activity';
import { failureOptions } from '../contract/failures.ts';
import type { StepInput } from '../contract/steps.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import type { Run } from '../live/turns/ended-runs.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** The workflow that has scheduled this step. */
export function currentRun(): Run {
  const { workflowId = '', runId = '' } = Context.current().info.workflowExecution ?? {};
  return { workflowId, runId };
}

/**
 * The turn of a step in this process. I8: its first step binds it, unless the front end has refused it. A step of another
 * run, or for an older home, was scheduled before a reset: it is not done.
 */
export function openAtHome(
  { turns, stream }: ActivityDependencies,
  { opens, epoch }: Pick<StepInput, 'opens' | 'epoch'>,
  run: Run,
): LiveTurn {
  const { workflowId: id, runId } = run;
  const turn = turns.get(id);
  if (opens && epoch === 0 && !turn?.bind()) throw abandoned();
  if (!turn) throw homeLost('it does not know the turn any more');
  turn.run ??= runId;
  if (turn.run !== runId) throw homeLost('what it knows about the turn belongs to another run');
  if (turn.epoch > epoch) throw homeLost('the step is for an older home of the turn');
  turn.epoch = epoch;
  if (opens) stream.open(turn.streamed, turn.startedMs);
  turn.acknowledge();
  return turn;
}

/** Tells readers and the conversation that the turn began. Losing the latter is safe: it is reported again when the turn ends. */
export function announce(deps: ActivityDependencies, turn: LiveTurn): void {
  turn.announce();
  reportBegin(deps, turn, turn.boundAt ?? new Date().toISOString());
}

/** Tells the conversation that the turn began, or that this process has taken it over. */
export function reportBegin({ conversations }: ActivityDependencies, turn: LiveTurn, startedAt: string): void {
  const { conversationId, number } = turn.start;
  const began = { id: turn.id, number, startedAt, epoch: turn.epoch };
  const { log } = Context.current();
  conversations.began(conversationId, began).catch((error: unknown) => {
    log.warn('Cannot report the start of a turn to its conversation; the end of the turn will report it', {
      err: error,
    });
  });
}

/** Temporal hands a step to the process that ran its workflow: usually, but not always, home. */
export function checkHome(home: string, asked: string): void {
  if (home === asked) return;
  const message = `The turn's home is '${asked}', not '${home}': the step is sent there`;
  // Expected: not a line in the log of every process.
  throw ApplicationFailure.create({ ...failureOptions('Home.Elsewhere', message), category: 'BENIGN' });
}

export function homeLost(why: string): ApplicationFailure {
  return ApplicationFailure.create(failureOptions('Home.Lost', `This process cannot do the step: ${why}`));
}

function abandoned(): ApplicationFailure {
  const why = 'home answered 503 before the turn reached it; nothing was done. Start the turn again';
  return ApplicationFailure.create(failureOptions('Turn.Abandoned', `The turn was abandoned: ${why}`));
}
