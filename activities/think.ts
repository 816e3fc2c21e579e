import { ApplicationFailure, Context } from '@temporalio/activity';
import { failureOptions } from '../contract/failures.ts';
import type { ThinkInput, ThinkResult } from '../contract/steps.ts';
import { thinkAloud, ThinkFailed } from '../live/think-aloud.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { runStep } from './run-step.ts';
import type { StepWork } from './run-step.ts';

/** Asks the model for the next round. Its words are spoken while it still writes; its calls come back checked. */
export function createThink(deps: ActivityDependencies) {
  return async function think(input: ThinkInput): Promise<ThinkResult> {
    if (input.round === 1) bind(deps, input);
    return runStep(deps, input, {
      kind: 'think',
      cancellable: true,
      ...(input.round === 1 && { announce: (work: StepWork) => tellBegin(deps, work) }),
      run: (work) => thinkAloud(input, { ...deps, ...work }).catch(rethrow),
    });
  };
}

/** I8: the first step binds the turn, unless the front end has given it up. */
function bind({ turns, stream }: ActivityDependencies, { epoch }: ThinkInput): void {
  const turnId = Context.current().info.workflowExecution?.workflowId ?? '';
  if (epoch > 0 || turns.get(turnId)?.bind()) return stream.open(turnId);
  const why = 'home answered 503 before the turn reached it; nothing was done. Start the turn anew';
  throw ApplicationFailure.create(failureOptions('Turn.Abandoned', `The turn was given up: ${why}`));
}

/** Losing this is safe: the conversation is told again, with everything, when the turn ends. */
function tellBegin({ conversations }: ActivityDependencies, { turn, publish }: StepWork): void {
  const { conversationId, number, text } = turn.input;
  publish({ type: 'turn.started', conversationId, number, input: { text } });
  const began = { id: turn.id, number, startedAt: new Date().toISOString() };
  const { log } = Context.current();
  conversations.began(conversationId, began).catch((error: unknown) => {
    log.warn('The conversation could not be told that its turn began; it is told when the turn ends', { error });
  });
}

function rethrow(error: unknown): never {
  if (!(error instanceof ThinkFailed)) throw error;
  throw ApplicationFailure.create(failureOptions('Model.Failed', error.message, [{ said: error.said }]));
}
