import type { ConversationTurn } from '../contract/conversation.ts';
import type { LiveTurns } from '../live/turns/live-turns.ts';
import { askTemporal } from '../record/ask-temporal.ts';
import { type ConversationReading, readConversation } from '../record/read-conversation.ts';
import { readTurn } from '../record/read-turn.ts';
import { type ConversationTeller, tellTurnEnded } from './tell-conversation.ts';
import { describeTurn } from '../record/turn-runs.ts';
import { within } from '../time/silence.ts';

export interface ConversationReader extends ConversationTeller {
  /** Of this process: they tell of their end themselves. */
  readonly turns: Pick<LiveTurns, 'get'>;
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
): Promise<ConversationReading | undefined> {
  const reading = await readConversation(reader.client, id);
  const running = reading?.record.turns.filter((turn) => turn.state === 'running' && !reader.turns.get(turn.id)) ?? [];
  if (running.length === 0) return reading;
  const settling = Promise.all(running.map((turn) => settle(reader, id, turn)));
  // If this fails now, the turn is still shown as running, and the next read tries again.
  const settled = await within(settling, SETTLE_MS).catch(() => undefined);
  return settled?.includes(true) ? readConversation(reader.client, id) : reading;
}

/** True if the turn has ended and the conversation was told; the conversation ignores what it already has. */
async function settle(reader: ConversationReader, conversationId: string, turn: ConversationTurn): Promise<boolean> {
  const { client } = reader;
  const { id, number, startedAt } = turn;
  const description = await askTemporal(client, () => describeTurn(client, id));
  if (description?.status.name === 'RUNNING') return false;
  const { outcome = 'failed', items = [] } = (description && (await readTurn({ client }, id))) ?? {};
  const ended = { id, number, startedAt, outcome, items };
  await askTemporal(client, () => tellTurnEnded(reader, conversationId, ended));
  return true;
}
