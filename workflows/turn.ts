import { ApplicationFailure, defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineQuery,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { failureOptions } from '../contract/failures.ts';
import { searchAttributes, turnRecord } from '../contract/messages.ts';
import type { EarlierStart, Outcome, TurnStart, TurnResult } from '../contract/turn.ts';
import type { TurnRecord } from '../contract/turn-record.ts';
import { unbegunTurn } from '../turn/advance.ts';
import { fitStart, fitState, TURN_LIMIT_BYTES } from '../turn/budget.ts';
import { toRecordedState } from '../turn/turn-record.ts';
import { transcript } from '../turn/transcript.ts';
import { digestOf } from '../turn/turn-end.ts';
import { toTurnStart } from '../turn/turn-start.ts';
import { scheduleCloseTurn } from './home-activities.ts';
import { handleInterrupts } from './interrupt-handlers.ts';
import { turnStartFault } from './message-faults.ts';
import { openTurn, UNOPENED } from './open-turn.ts';
import { isPastReset, isReset } from './past-reset.ts';
import { isPatched } from './patches.ts';
import { createTemporalPort } from './temporal-port.ts';
import { TurnPlayer, type UntimedRecord } from './turn-player.ts';
import { turnDetails } from './turn-details.ts';
import { turnFailure } from './turn-failure.ts';

/** How much is shown of a refused message. */
const SHOWN_REFUSALS = 5;

/**
 * One turn of a conversation: the caller's words and the agent's whole answer to them.
 *
 * It is opened (most often by the front end that starts it), played by the rules of `turn/advance` until its last
 * speech has been played out, and closed: its end is reported to its conversation and its readers, by home with the last
 * speech, or by a step of its own if home could not or reported another end. A turn whose model failed, or that ran out of time, ends
 * as a failed workflow, so that operators see it; its result travels in the failure.
 *
 * A run that a reset made goes on from where its history ends if the turn was still open, with a home of its own. If the
 * turn had ended it does nothing, reports nothing, and fails as `Turn.Reset`, unless its history already holds its end.
 */
export async function turn(asked: TurnStart | EarlierStart): Promise<TurnResult> {
  const fault = turnStartFault(asked);
  if (fault)
    throw ApplicationFailure.create(failureOptions('Message.Malformed', `The turn cannot be played: ${fault}`));
  const started = fitStart(toTurnStart(asked));
  const startedAt = workflowInfo().startTime;
  let player: TurnPlayer | undefined;
  const record = (): UntimedRecord => player?.record ?? unopenedRecord(started);
  setHandler(defineQuery<TurnRecord>(turnRecord), () => ({
    ...fitRecord(record()),
    ...(isReset() && { isReset: true }),
    startedAt: postedAt() ?? startedAt.toISOString(),
  }));
  let refusals: readonly string[] = [];
  const show = (): void => setCurrentDetails(turnDetails(record(), refusals));
  const onRefused = (why: string): void => {
    refusals = [...refusals, why].slice(-SHOWN_REFUSALS);
    show();
  };
  const opened = Promise.withResolvers<TurnPlayer>();
  handleInterrupts({ player: opened.promise, leastEpoch: () => player?.leastEpoch ?? 0, onRefused });

  // Cancelling the workflow is for the player to carry out, step by step: nothing is torn down as a whole.
  return CancellationScope.nonCancellable(async () => {
    const { start, home } = await openTurn(started);
    const playing = new TurnPlayer(start, home, createTemporalPort(start.agent));
    player = playing;
    playing.onChange = show;
    opened.resolve(playing);

    const played = playing.play();
    const outcome = await Promise.race([
      played,
      whenReset()
        .then(() => home.retake())
        .then(() => played),
    ]);
    await playing.idle();
    // Turns that an earlier version began are replayed as that one played them.
    if (!allHandlersFinished() && isPatched('handlers-before-end')) await condition(allHandlersFinished);
    const result = { ...playing.result, outcome };
    // A new home has the turn open, even if the old one has reported its end.
    if (home.epoch > 0 || playing.told !== digestOf(outcome, result)) {
      const { post } = start;
      const ended = { startedAt: startedAt.toISOString(), result, ...(post && { post }) };
      await home.do({ id: 'close', ifLate: () => undefined, schedule: (place) => scheduleCloseTurn(place, ended) });
    }
    // In the task that ends the workflow: an index that is written for it anyway takes them along.
    markOutcome(outcome, playing);
    const failure = turnFailure(result, playing, start.terms.deadlineMs);
    if (failure && (outcome === 'failed' || isPatched('expired-fails'))) throw failure;
    return result;
  });
}

/** Resolves in the task that follows a reset, once all of the kept history was replayed. Never resolves in another run. */
async function whenReset(): Promise<void> {
  let isPast = false;
  void condition(isPastReset).then(() => (isPast = true));
  // Looked at when no microtask is left.
  await condition(() => isPast);
}

/** When the front end got the turn's post: it is in the memo, as the workflow begins later. */
function postedAt(): string | undefined {
  const posted = workflowInfo().memo?.['postedAt'];
  return typeof posted === 'string' ? posted : undefined;
}

function unopenedRecord(started: TurnStart): UntimedRecord {
  const items = transcript(started.input, []);
  const start = { ...UNOPENED, ...started };
  const state = toRecordedState(unbegunTurn(start.terms));
  return { start, epoch: 0, degraded: false, state, items, steps: [] };
}

/** A record that is too large for an answer is returned with its longest texts shortened. */
function fitRecord(record: UntimedRecord): UntimedRecord {
  return { ...record, state: fitState(record.state, MOST_STATE_BYTES) };
}

/** Beside the items and the conversation before the turn. */
const MOST_STATE_BYTES = 1.5 * TURN_LIMIT_BYTES;

const outcomeKey = defineSearchAttributeKey(searchAttributes.outcome, SearchAttributeType.KEYWORD);
const failedStepKey = defineSearchAttributeKey(searchAttributes.failedStep, SearchAttributeType.KEYWORD);
const unknownCallKey = defineSearchAttributeKey(searchAttributes.unknownCall, SearchAttributeType.KEYWORD);

/** What operators filter by: how the turn ended, where it broke, and what needs their attention. */
function markOutcome(outcome: Outcome, { failedStep, unknownCall }: TurnPlayer): void {
  upsertSearchAttributes([
    { key: outcomeKey, value: outcome },
    ...(failedStep === undefined ? [] : [{ key: failedStepKey, value: failedStep }]),
    ...(unknownCall === undefined ? [] : [{ key: unknownCallKey, value: unknownCall }]),
  ]);
}
