import { ApplicationFailure, Context } from '@temporalio/activity';
import { failureOptions } from '../contract/failures.ts';
import { unpackHistory } from '../contract/history.ts';
import type { BegunSpeech, TakeHomeInput, TakeHomeResult } from '../contract/steps.ts';
import type { TurnRecord } from '../contract/turn-record.ts';
import type { Run } from '../live/turns/ended-runs.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { currentRun, reportTaken } from './open-at-home.ts';

/** Less than Temporal waits for the answer (`workflows/home-activities.ts`). */
const MOST_READING_MS = 8_000;
const TOO_LATE = 'The record of the turn was read too slowly for this process to take the turn; Temporal asks again';

/** Makes this process the home of a turn that has none or has lost it, and loads what is known about the turn. */
export function createTakeHome(deps: ActivityDependencies) {
  return async function takeHome(taking: TakeHomeInput): Promise<TakeHomeResult> {
    const { agent, conversationId, unopened, epoch } = taking;
    if (agent !== deps.agent.name) throw unknownAgent(agent, deps.agent.name);
    if (unopened) throw notPosted();
    const run = currentRun();
    const { workflowId: turnId } = run;
    // The turn has ended here and its results are stored: the record asks for its last step once more.
    if (deps.turns.endedRuns.has(run)) return { home: deps.home };
    const { lost } = taking;
    // After a reset it is taken from whatever home it has.
    if (lost && epoch === undefined && (await isKept(deps, turnId, lost))) return { home: lost.home };
    const startedMs = performance.now();
    const record = await deps.readTurn(turnId);
    // Temporal then gives the turn to another process, and both would have the same epoch.
    if (performance.now() - startedMs > MOST_READING_MS) throw new Error(TOO_LATE);
    const isAnew = record.isReset && epoch !== undefined;
    if (isAnew) {
      const hasEnded = await deps.hadEnded(turnId, conversationId);
      // What this process knows belongs to the earlier run.
      deps.turns.forget(turnId);
      if (hasEnded) return { home: deps.home, hasEnded };
    }
    return open(deps, taking, { run, record });
  };
}

type LostHome = NonNullable<TakeHomeInput['lost']>;

/** Home talks to the caller, and only Temporal does not reach it: it holds its lease, and keeps the turn. */
async function isKept({ leases, home }: ActivityDependencies, turnId: string, lost: LostHome): Promise<boolean> {
  if (lost.home === home) return false;
  const taking = { lost: lost.home, isGivenUp: lost.isGivenUp === true, epoch: lost.epoch + 1 };
  return (await leases.take(turnId, taking)) === 'refused';
}

interface Taken {
  readonly run: Run;
  readonly record: TurnRecord;
}

async function open(deps: ActivityDependencies, taking: TakeHomeInput, taken: Taken): Promise<TakeHomeResult> {
  const { run, record } = taken;
  const { conversations } = deps;
  const { start } = record;
  const [setting, isFollowed] = await Promise.all([conversations.settingOf(start), conversations.isFollowed(start)]);
  const epoch = epochOf(taking, deps.home);
  const known = findKnown(deps, run.workflowId, epoch);
  using loaded = known ? undefined : await deps.stream.load(run.workflowId);
  // What was said before a reset belongs to another run.
  const said = record.isReset ? [] : (loaded?.said ?? taking.said ?? []);
  const turn = known ?? takeUp(deps, { ...taken, ...setting, said });
  turn.bind();
  turn.run = run.runId;
  turn.epoch = epoch ?? turn.epoch;
  turn.openStream(deps.stream);
  turn.acknowledge();
  // The post of the next turn has found no home to interrupt: there is one voice in a conversation.
  if (!known && isFollowed) turn.interrupt({ id: 'followed' });
  if (!known && turn.epoch > 0) reportTaken(deps, turn, record.startedAt);
  return { home: deps.home };
}

interface TakenUp extends Taken, Awaited<ReturnType<ActivityDependencies['conversations']['settingOf']>> {
  readonly said: readonly BegunSpeech[];
}

/** The turn goes on here: from its record, and from what its lost home was saying. */
function takeUp({ turns }: ActivityDependencies, { run, record, terms, metadata, said }: TakenUp): LiveTurn {
  const start = { ...record.start, terms };
  const items = unpackHistory(start.history);
  const startedMs = turns.clock.nowMs() - elapsedMs(record, Context.current().info.currentAttemptScheduledTimestampMs);
  const turn = turns.open({ id: run.workflowId, start, before: () => items, startedMs, metadata });
  turn.takeUp(record, said);
  return turn;
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

/**
 * How long ago the turn was posted, so that this home's events are no earlier than those of another one. `askedAtMs`: when this process was
 * asked to take it, by Temporal's clock, as all of the record: that of this machine may differ.
 */
export function elapsedMs({ startedAt, steps }: Pick<TurnRecord, 'startedAt' | 'steps'>, askedAtMs: number): number {
  const ends = steps.map(({ startedAtMs = 0, durationMs = 0 }) => startedAtMs + durationMs);
  return Math.max(0, askedAtMs - Date.parse(startedAt), ...ends);
}

function notPosted(): ApplicationFailure {
  const message =
    'The turn was started by an earlier version without a post, and no process had taken it; post it anew';
  return ApplicationFailure.create(failureOptions('Turn.NotPosted', message));
}

function unknownAgent(asked: string, served: string): ApplicationFailure {
  const message = `Cannot take a turn of agent '${asked}': this process serves '${served}'; start a worker for it`;
  return ApplicationFailure.create(failureOptions('Turn.UnknownAgent', message));
}
