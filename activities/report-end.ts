import { setTimeout as delay } from 'node:timers/promises';
import type { TurnEnded } from '../contract/conversation.ts';
import type { RecordEnd } from '../live/turns/record-watch.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import { retryUntilGiven } from '../time/retry.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** After this the turn's last step reports the end; that step retries until it succeeds. */
const PATIENCE_MS = 2_000;
/** The readers of a turn whose workflow is gone wait this long for the conversation to be updated; its voice has stopped already. */
const GONE_PATIENCE_MS = 500;

interface Ended extends TurnEnded {
  readonly conversationId: string;
  readonly epoch: number;
  readonly degraded: boolean;
  readonly reason?: string;
}

/** Reports a turn's end to the conversation, then to the readers and this process, so that a reader who gets the end finds the record. */
export async function reportEnd(deps: ActivityDependencies, ended: Ended): Promise<void> {
  await reportToConversation(deps, ended);
  reportHere(deps, ended);
}

/**
 * Reports the end with the last speech, if home knows it; the record then needs no step of its own for it. Resolves with a
 * digest of the report. Undefined if there is more to come, or if the conversation could not be reached in time.
 */
export async function reportEndWithSpeech(deps: ActivityDependencies, turn: LiveTurn): Promise<string | undefined> {
  const { boundAt: startedAt } = turn;
  // The end of a turn that began elsewhere is reported by its record.
  const end = turn.epoch === 0 ? turn.course.spokenEnd : undefined;
  if (!end || !startedAt) return undefined;
  const { digest, ...spoken } = end;
  const ended = { ...placeOf(turn), startedAt, ...spoken };
  const reporting = reportToConversation(deps, ended).then(
    () => true,
    () => false,
  );
  // Losing it is safe: the record's own step reports it then. A late signal is ignored; the workflow's version wins.
  if (!(await Promise.race([reporting, delay(PATIENCE_MS, false, { ref: false })]))) return undefined;
  // Another process may have taken the turn meanwhile.
  if (turn.state === 'replaced') return undefined;
  reportHere(deps, ended);
  return digest;
}

function placeOf({ id, epoch, start: { conversationId, number, post } }: LiveTurn) {
  return { id, epoch, conversationId, number, ...(post && { post }) };
}

/** A turn whose workflow is gone cannot report its end: home does, once the voice has stopped. */
export async function reportGone(deps: ActivityDependencies, turn: LiveTurn, end: RecordEnd): Promise<void> {
  turn.abandon();
  const { items = turn.ownItems, ...ended } = end;
  const startedAt = turn.boundAt ?? new Date().toISOString();
  const report: Ended = {
    ...{ ...placeOf(turn), startedAt, items: [...items], ...ended },
    // Someone who read the conversation may have reported an end already, from the record; home knows more.
    ...(end.items === undefined && { corrects: true, byHome: true }),
  };
  const reporting = reportUntilRecorded(deps, report);
  // A reader that gets the end finds the record, unless Temporal is unreachable.
  await Promise.race([reporting, delay(GONE_PATIENCE_MS, undefined, { ref: false })]);
  reportHere(deps, report);
  await reporting;
}

/** Retries while Temporal is unreachable, until the conversation has it: nobody else will report it. */
async function reportUntilRecorded(deps: ActivityDependencies, ended: Ended): Promise<void> {
  await retryUntilGiven(() =>
    reportToConversation(deps, ended).then(
      () => true,
      () => undefined,
    ),
  );
}

async function reportToConversation(
  { conversations }: ActivityDependencies,
  { conversationId, degraded: _, reason: __, ...ended }: Ended,
): Promise<void> {
  await conversations.ended(conversationId, ended);
}

function reportHere(
  { stream, turns }: ActivityDependencies,
  { id, epoch, outcome, degraded, items, reason }: Ended,
): void {
  const said = items.flatMap((item) => (item.type === 'speech' ? [item.text] : []));
  stream.publish(
    { turnId: id, step: 'close', epoch },
    { type: 'turn.finished', outcome, degraded, text: said.join(' '), ...(reason !== undefined && { reason }) },
  );
  turns.close(id, { outcome, items, ...(reason !== undefined && { reason }) });
}
