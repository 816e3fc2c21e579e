import { ApplicationFailure, Context } from '@temporalio/activity';
import { failureOptions } from '../contract/failures.ts';
import type { BegunSpeech, StepInput } from '../contract/steps.ts';
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
  if (opens) turn.openStream(stream);
  turn.acknowledge();
  return turn;
}

/** Tells the conversation that this process has taken the turn over. Losing that is safe: the end of the turn is told, too. */
export function reportTaken({ conversations }: ActivityDependencies, turn: LiveTurn, startedAt: string): void {
  const { conversationId, number, post } = turn.start;
  const began = { id: turn.id, number, startedAt, epoch: turn.epoch, ...(post && { post }) };
  const { log } = Context.current();
  conversations.taken(conversationId, began).catch((error: unknown) => {
    log.warn('Cannot tell a conversation who has taken its turn; the end of the turn will be told', { err: error });
  });
}

/** Temporal hands a step to the process that ran its workflow: usually, but not always, home. */
export function checkHome(home: string, asked: string): void {
  if (home === asked) return;
  const message = `The turn's home is '${asked}', not '${home}': the step is sent there`;
  // Expected: not a line in the log of every process.
  throw ApplicationFailure.create({ ...failureOptions('Home.Elsewhere', message), category: 'BENIGN' });
}

/** `said`: what it has begun to say, for the next home. */
export function homeLost(why: string, said?: readonly BegunSpeech[]): ApplicationFailure {
  const details = said ? [said] : [];
  return ApplicationFailure.create(failureOptions('Home.Lost', `This process cannot do the step: ${why}`, details));
}

function abandoned(): ApplicationFailure {
  const why = 'home answered 503 before the turn reached it; nothing was done. Start the turn again';
  return ApplicationFailure.create(failureOptions('Turn.Abandoned', `The turn was abandoned: ${why}`));
}
