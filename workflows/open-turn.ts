import { ApplicationFailure } from '@temporalio/common';
import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import { failureOptions } from '../contract/failures.ts';
import { turnIdOf, workflowTypes } from '../contract/messages.ts';
import type { TakeHomeInput, TakeHomeResult } from '../contract/steps.ts';
import type { OpenedStart, TurnStart, TurnTerms } from '../contract/turn.ts';
import { Home, type HomeSetting } from './home.ts';
import { probe, takeHome } from './home-activities.ts';
import { isPastReset } from './past-reset.ts';
import { isPatched } from './patches.ts';

const DEFAULT_TERMS: TurnTerms = {
  deadlineMs: 30_000,
  maxRounds: 6,
  apology: 'Sorry, something went wrong. Please try again.',
};

/** Placeholders for what a turn does not have until a process has taken it. */
export const UNOPENED = { number: 0, terms: DEFAULT_TERMS, history: { items: [] } } as const;

/**
 * The turn with its home. A post puts all into the start that the first step needs; anything else is no turn. What earlier
 * versions began without a post was taken by the first process that served its agent.
 */
export async function openTurn(started: TurnStart): Promise<{ start: OpenedStart; home: Home }> {
  const { agent, conversationId } = started;
  if (!isPosted(started) && isPatched('posted-turns')) throw notPosted();
  const unopened = !isOpened(started);
  const taken = started.home && !unopened ? undefined : await take({ agent, conversationId, unopened });
  const takeOver: HomeSetting['takeOver'] = async ({ said, ...lost }, epoch) => {
    const input = {
      agent,
      conversationId,
      unopened: false,
      lost,
      ...(said && { said }),
      ...(epoch !== undefined && { epoch }),
    };
    return (await CancellationScope.nonCancellable(() => take(input))).home;
  };
  const queue = taken?.home ?? started.home ?? '';
  const home = new Home({ queue, bound: taken !== undefined, probe, takeOver, isPastReset });
  return { start: { ...UNOPENED, ...started, ...taken?.opened }, home };
}

async function take(input: TakeHomeInput): Promise<TakeHomeResult> {
  const taken = await takeHome(input);
  if (!taken.hasEnded) return taken;
  const why = 'a reset made this run of a turn that had ended; nothing was done or reported again';
  throw ApplicationFailure.create(failureOptions('Turn.Reset', `The run was given up: ${why}`));
}

/** Its id is its place in the conversation, so that no other turn has it. */
function isPosted(start: TurnStart): boolean {
  if (!isOpened(start) || !start.home) return false;
  return workflowInfo().workflowId === turnIdOf(start);
}

function notPosted(): ApplicationFailure {
  const why = 'its id is not that of its place in the conversation, or it has no home: only a post begins a turn';
  const message = `The turn was not begun: ${why}; start the workflow '${workflowTypes.postTurn}' instead`;
  return ApplicationFailure.create(failureOptions('Turn.NotPosted', message));
}

function isOpened(start: TurnStart): start is OpenedStart {
  return start.number !== undefined && start.terms !== undefined && start.history !== undefined;
}
