import { ApplicationFailure } from '@temporalio/activity';
import { failureOptions } from '../contract/failures.ts';
import { unpackHistory } from '../contract/history.ts';
import type { OpenedPart, TakeHomeInput, TakeHomeResult } from '../contract/steps.ts';
import type { TurnRecord } from '../contract/turn-record.ts';
import type { Run } from '../live/turns/ended-runs.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { currentRun, reportBegin } from './open-at-home.ts';

/** Less than Temporal waits for the answer (`workflows/home-activities.ts`). */
const MOST_READING_MS = 8_000;
const TOO_LATE = 'The record of the turn was read too slowly for this process to take the turn; Temporal asks again';

/** Makes this process the home of a turn that has none or has lost it, and loads what is known about the turn. */
export function createTakeHome(deps: ActivityDependencies) {
  return async function takeHome(taking: TakeHomeInput): Promise<TakeHomeResult> {
    const { agent, conversationId, unopened, epoch } = taking;
    if (agent !== deps.agent.name) throw unknownAgent(agent, deps.agent.name);
    const run = currentRun();
    const { workflowId: turnId } = run;
    // The turn has ended here and its results are stored: the record asks for its last step once more.
    if (deps.turns.endedRuns.has(run)) return { home: deps.home };
    const startedMs = performance.now();
    const record = await deps.readTurn(turnId);
    // Temporal then gives the turn to another process, and both would have the same epoch.
    if (performance.now() - startedMs > MOST_READING_MS) throw new Error(TOO_LATE);
    const isAnew = record.isReset && (unopened || epoch !== undefined);
    if (isAnew) {
      const hasEnded = await deps.hadEnded(turnId, conversationId);
      // What this process knows belongs to the earlier run.
      deps.turns.forget(turnId);
      if (hasEnded) return { home: deps.home, hasEnded };
    }
    return open(deps, taking, { run, record });
  };
}

interface Taken {
  readonly run: Run;
  readonly record: TurnRecord;
}

async function open(
  deps: ActivityDependencies,
  { conversationId, unopened, ...taking }: TakeHomeInput,
  { run, record }: Taken,
): Promise<TakeHomeResult> {
  const { workflowId: id, runId } = run;
  const opened = unopened ? await openedOf(deps, id, conversationId) : undefined;
  const begun = { ...record.start, ...opened };
  const { terms, metadata } = await deps.conversations.settingOf(begun);
  const start = { ...begun, terms };
  const epoch = epochOf(taking, deps.home);
  const known = findKnown(deps, id, epoch);
  // A new turn interrupts what is open, also if it was started directly through Temporal; a turn that is taken over began long ago.
  if (!known && opened) deps.turns.interruptAll(conversationId);
  const items = unpackHistory(start.history);
  const startedMs = deps.turns.clock.nowMs() - elapsedMs(record);
  const turn = known ?? deps.turns.open({ id, start, before: () => items, startedMs, metadata });
  turn.bind();
  turn.run = runId;
  turn.epoch = epoch ?? turn.epoch;
  // The record of a turn that is only now opened knows no more than that it begins.
  if (!known && !opened) turn.resume(record);
  deps.stream.open(turn.streamed, turn.startedMs);
  turn.acknowledge();
  if (!known) beginHere(deps, turn, { startedAt: record.startedAt, isOpened: opened !== undefined });
  return { home: deps.home, ...(opened && { opened }) };
}

interface Begun {
  readonly startedAt: string;
  readonly isOpened: boolean;
}

function beginHere(deps: ActivityDependencies, turn: LiveTurn, { startedAt, isOpened }: Begun): void {
  if (turn.epoch > 0) reportBegin(deps, turn, startedAt);
  if (isOpened) turn.play();
}

/** This process's epoch as home; one that takes its own turn back keeps it. Undefined where the workflow names neither an epoch nor the lost home. */
function epochOf({ epoch, lost }: Pick<TakeHomeInput, 'epoch' | 'lost'>, home: string): number | undefined {
  if (epoch !== undefined || !lost) return epoch;
  return lost.home === home ? lost.epoch : lost.epoch + 1;
}

/** The turn as it is open here. What is left of it from before another process had it is dropped: the record knows more. */
function findKnown({ turns }: ActivityDependencies, id: string, epoch = 0): LiveTurn | undefined {
  const known = turns.get(id);
  if (!known || known.epoch >= epoch) return known;
  turns.letGo(known);
  return undefined;
}

/** The turn as it was opened here before, if this is a repeat because the first answer was lost. */
async function openedOf(
  { turns, conversations }: ActivityDependencies,
  id: string,
  conversationId: string,
): Promise<OpenedPart> {
  const known = turns.get(id);
  if (known) {
    const { number, terms, history, conversationContext, metadata, sealed } = known.start;
    return {
      ...{ number, terms, history, ...(metadata && { metadata }), ...(sealed && { sealed }) },
      ...(conversationContext !== undefined && { conversationContext }),
    };
  }
  const prepared = await conversations.prepare(conversationId);
  if ('opened' in prepared) return prepared.opened;
  const message = `The turn cannot begin: ${prepared.unfit}; give the conversation metadata that does when it is created`;
  throw ApplicationFailure.create(failureOptions('Turn.MetadataRefused', message));
}

/** How long ago the turn was posted, so that this home's events are no earlier than those of another one. */
function elapsedMs({ startedAt, steps }: TurnRecord): number {
  const ends = steps.map(({ startedAtMs = 0, durationMs = 0 }) => startedAtMs + durationMs);
  return Math.max(0, Date.now() - Date.parse(startedAt), ...ends);
}

function unknownAgent(asked: string, served: string): ApplicationFailure {
  const message = `Cannot take a turn of agent '${asked}': this process serves '${served}'; start a worker for it`;
  return ApplicationFailure.create(failureOptions('Turn.UnknownAgent', message));
}
