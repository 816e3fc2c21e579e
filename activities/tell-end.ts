import { setTimeout as delay } from 'node:timers/promises';
import type { TurnEnded } from '../contract/conversation.ts';
import type { RecordEnd } from '../live/turns/record-watch.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** A conversation that cannot be told within this is told by the turn's last step, which tries until it can. */
const PATIENCE_MS = 2_000;
/** A turn whose workflow is gone is silent already; its readers wait so long for the conversation to be told. */
const GONE_PATIENCE_MS = 500;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;

interface Ended extends TurnEnded {
  readonly conversationId: string;
  readonly epoch: number;
  readonly degraded: boolean;
  readonly reason?: string;
}

/** Tells the conversation, the readers and this process that the turn is over, in this order: who hears of the end finds the record. */
export async function tellEnd(deps: ActivityDependencies, ended: Ended): Promise<void> {
  await tellConversation(deps, ended);
  tellHere(deps, ended);
}

/**
 * Tells the end with the last speech, where home knows it: the record then needs no step of its own to tell it. Resolves with
 * a digest of what was told. Undefined where there is more to come, or where the conversation could not be told now.
 */
export async function tellEndWithSpeech(deps: ActivityDependencies, turn: LiveTurn): Promise<string | undefined> {
  const { boundAt: startedAt } = turn;
  // A turn that began elsewhere is told by its record.
  const end = turn.epoch === 0 ? turn.course.spokenEnd : undefined;
  if (!end || !startedAt) return undefined;
  const { digest, ...told } = end;
  const { conversationId, number } = turn.input;
  const ended = { id: turn.id, conversationId, number, epoch: turn.epoch, startedAt, ...told };
  const telling = tellConversation(deps, ended).then(
    () => true,
    () => false,
  );
  // Losing it is safe: the record's own step tells it then. Told late it changes nothing: the record's word stays.
  if (!(await Promise.race([telling, delay(PATIENCE_MS, false, { ref: false })]))) return undefined;
  tellHere(deps, ended);
  return digest;
}

/** A turn whose workflow is gone tells nobody of its end: home does, once nothing of it is heard any more. */
export async function tellGone(deps: ActivityDependencies, turn: LiveTurn, end: RecordEnd): Promise<void> {
  turn.abandon();
  const { conversationId, number } = turn.input;
  const { items = turn.ownItems, ...ended } = end;
  const startedAt = turn.boundAt ?? new Date().toISOString();
  const told: Ended = {
    ...{ id: turn.id, conversationId, number, epoch: turn.epoch, startedAt, items: [...items], ...ended },
    // Who has read the conversation meanwhile may have told it, and knew no more than the record.
    ...(end.items === undefined && { corrects: true }),
  };
  const telling = tellUntilHeard(deps, told);
  // A reader that hears of the end finds the record, unless Temporal is away.
  await Promise.race([telling, delay(GONE_PATIENCE_MS, undefined, { ref: false })]);
  tellHere(deps, told);
  await telling;
}

/** Tries until the conversation has heard of it: nobody else will tell it. */
async function tellUntilHeard(deps: ActivityDependencies, ended: Ended): Promise<void> {
  for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(2 * waitMs, LAST_RETRY_MS)) {
    try {
      return await tellConversation(deps, ended);
    } catch {
      await delay(waitMs, undefined, { ref: false }); // Temporal is away: it is told when it is back
    }
  }
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
