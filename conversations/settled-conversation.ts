import type { ConversationRecord, ConversationTurn } from '../contract/conversation.ts';
import type { LiveTurns } from '../live/turns/live-turns.ts';
import type { ConversationRecords } from '../record/conversation-records.ts';
import type { TurnRecords } from '../record/turn-records.ts';
import { within } from '../time/silence.ts';

export interface ConversationReader {
  readonly conversationRecords: Pick<ConversationRecords, 'read' | 'tellEnded'>;
  readonly turnRecords: Pick<TurnRecords, 'read' | 'state'>;
  /** Of this process: they tell of their end themselves. */
  readonly turns: Pick<LiveTurns, 'get'>;
}

export interface SettledConversation {
  readonly record: ConversationRecord;
  /** Whether a turn runs that the record has as running. Temporal is asked once. Rejects where it does not say. */
  readonly isOpen: (turn: Pick<ConversationTurn, 'id'>) => Promise<boolean>;
}

/** What a turn said and did is read from its workflow, which some worker has to replay. */
const SETTLE_MS = 1_000;

/**
 * A conversation as its workflow knows it, in which no turn runs whose workflow has ended. A turn that was terminated while
 * no process played it has reported nothing: its conversation is updated here with what the record has. Undefined if there
 * is no such conversation.
 */
export async function readSettledConversation(
  reader: ConversationReader,
  id: string,
): Promise<SettledConversation | undefined> {
  const { conversationRecords, turnRecords, turns } = reader;
  const reading = await conversationRecords.read(id);
  if (!reading) return undefined;
  const asked = new Map<string, Promise<boolean>>();
  const isOpen: SettledConversation['isOpen'] = ({ id: turnId }) => {
    const answer = asked.get(turnId) ?? turnRecords.state(turnId).then((state) => state === 'running');
    asked.set(turnId, answer);
    return answer;
  };
  const running = reading.record.turns.filter((turn) => turn.state === 'running' && !turns.get(turn.id));
  if (running.length === 0) return { record: reading.record, isOpen };
  const settling = Promise.all(running.map(async (turn) => !(await isOpen(turn)) && settle(reader, id, turn)));
  // If this fails now, the turn is still shown as running, and the next read tries again.
  const settled = await within(settling, SETTLE_MS).catch(() => undefined);
  const { record } = (settled?.includes(true) && (await conversationRecords.read(id))) || reading;
  return { record, isOpen };
}

/** A turn that has ended: its conversation is told. */
async function settle(
  reader: ConversationReader,
  conversationId: string,
  turn: ConversationRecord['turns'][number],
): Promise<true> {
  const { id, number, startedAt, epoch = 0 } = turn;
  const { outcome = 'failed', items = [] } = (await reader.turnRecords.read(id)) ?? {};
  await reader.conversationRecords.tellEnded(conversationId, { id, number, startedAt, epoch, outcome, items });
  return true;
}
