import { CancellationScope } from '@temporalio/workflow';
import type { TurnInput, TurnRecord, TurnTerms } from '../contract/turn.ts';
import { Home } from './home.ts';
import { probe, takeHome } from './home-activities.ts';

type OpenedInput = TurnRecord['input'];

const DEFAULT_TERMS: TurnTerms = {
  deadlineMs: 30_000,
  maxRounds: 6,
  apology: 'Sorry, something went wrong. Please try again.',
};

/** What stands for what a turn does not have until a process has taken it. */
export const UNOPENED = { number: 0, terms: DEFAULT_TERMS, history: { items: [] } } as const;

/**
 * Gives a turn what it needs before its first step. A front end has put it all into the start. A turn that a service
 * starts through Temporal itself is taken by the first process that serves its agent.
 */
export async function openTurn(started: TurnInput): Promise<{ input: OpenedInput; home: Home }> {
  const { agent, conversationId } = started;
  const unopened = !isOpened(started);
  const taken = started.home && !unopened ? undefined : await takeHome({ agent, conversationId, unopened });
  const takeOver = async (): Promise<string> => {
    const taking = () => takeHome({ agent, conversationId, unopened: false });
    const { home } = await CancellationScope.nonCancellable(taking);
    return home;
  };
  const queue = taken?.home ?? started.home ?? '';
  const home = new Home({ queue, bound: taken !== undefined, probe, takeOver });
  return { input: { ...UNOPENED, ...started, ...taken?.opened }, home };
}

function isOpened(input: TurnInput): input is OpenedInput {
  return input.number !== undefined && input.terms !== undefined && input.history !== undefined;
}
