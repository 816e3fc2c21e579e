import { setTimeout as delay } from 'node:timers/promises';
import type { TurnEnded } from '../contract/conversation.ts';
import type { RecordEnd } from '../live/turns/record-watch.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import { retryUntilGiven } from '../time/retry.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** After this the turn's last step tells the conversation; that step retries until it succeeds. */
const PATIENCE_MS = 2_000;
/** A turn whose workflow is gone is silent already; its readers wait this long for the conversation to be updated. */
const GONE_PATIENCE_MS = 500;

interface Ended extends TurnEnded {
  readonly conversationId: string;
  readonly epoch: number;
  readonly degraded: boolean;
  readonly reason?: string;
}

/** Tells the conversation, the readers and this process that the turn is over, in this order, so that a reader who gets the end finds the record. */
export async function tellEnd(deps: ActivityDependencies, ended: Ended): Promise<void> {
  await tellConversation(deps, ended);
  tellHere(deps, ended);
}

/**
 * Reports the end with the last speech, if home knows it; the record then needs no step of its own for it. Resolves with a
 * digest of the report. Undefined if there is more to come, or if the conversation could not be told now.
 */
export async function tellEndWithSpeech(deps: ActivityDependencies, turn: LiveTurn): Promise<string | undefined> {
  const { boundAt: startedAt } = turn;
  // The end of a turn that began elsewhere is reported by its record.
  const end = turn.epoch === 0 ? turn.course.spokenEnd : undefined;
  if (!end || !startedAt) return undefined;
  const { digest, ...told } = end;
  const { conversationId, number } = turn.start;
  const ended = { id: turn.id, conversationId, number, epoch: turn.epoch, startedAt, ...told };
  const telling = tellConversation(deps, ended).then(
    () => true,
    () => false,
  );
  // Losing it is safe: the record's own step reports it then. A late signal is ignored; the workflow's version wins.
  if (!(await Promise.race([telling, delay(PATIENCE_MS, false, { ref: false })]))) return undefined;
  tellHere(deps, ended);
  return digest;
}

/** A turn whose workflow is gone cannot report its end: home does, once the turn is silent. */
export async function tellGone(deps: ActivityDependencies, turn: LiveTurn, end: RecordEnd): Promise<void> {
  turn.abandon();
  const { conversationId, number } = turn.start;
  const { items = turn.ownItems, ...ended } = end;
  const startedAt = turn.boundAt ?? new Date().toISOString();
  const told: Ended = {
    ...{ id: turn.id, conversationId, number, epoch: turn.epoch, startedAt, items: [...items], ...ended },
    // Who has read the conversation meanwhile may have told it, and knew no more than the record.
    ...(end.items === undefined && { corrects: true }),
  };
  const telling = tellUntilHeard(deps, told);
  // A reader that gets the end finds the record, unless Temporal is unreachable.
  await Promise.race([telling, delay(GONE_PATIENCE_MS, undefined, { ref: false })]);
  tellHere(deps, told);
  await telling;
}

/** Retries until the conversation has it, while Temporal is unreachable: nobody else will report it. */
async function tellUntilHeard(deps: ActivityDependencies, ended: Ended): Promise<void> {
  await retryUntilGiven(() =>
    tellConversation(deps, ended).then(
      () => true,
      () => undefined,
    ),
  );
}

async function tellConversation(
  { conversations }: ActivityDependencies,
  { conversationId, epoch: _, degraded: __, reason: ___, ...ended }: Ended,
): Promise<void> {
  await conversations.ended(conversationId, ended);
}

function tellHere(
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
