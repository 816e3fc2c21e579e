import { allHandlersFinished, condition, continueAsNew, defineQuery, defineSignal } from '@temporalio/workflow';
import { setHandler, workflowInfo } from '@temporalio/workflow';
import type { ConversationInput, ConversationRecord, TurnBegan, TurnEnded } from '../contract/conversation.ts';
import { conversationRecord, turnBegan, turnEnded } from '../contract/messages.ts';
import { withinLimit, withTurnBegan, withTurnEnded } from './conversation-record.ts';

/**
 * One conversation: holds what its turns told of themselves, and decides nothing. It is never on the way of a turn.
 * A day after its last turn it closes and leaves its record as its result; the next turn opens it again with that.
 */
export async function conversation(input: ConversationInput): Promise<ConversationRecord> {
  // One that an older version left may be larger.
  let record = withinLimit(input);
  let told = false;
  const tell = (next: ConversationRecord): void => {
    record = next;
    told = true;
  };
  setHandler(defineQuery<ConversationRecord>(conversationRecord), () => record);
  setHandler(defineSignal<[TurnBegan]>(turnBegan), (turn) => tell(withTurnBegan(record, turn)));
  setHandler(defineSignal<[TurnEnded]>(turnEnded), (turn) =>
    tell(withTurnEnded(record, turn, new Date().toISOString())),
  );
  for (;;) {
    const woken = await condition(() => told, '24 hours');
    if (!woken) return record;
    told = false;
    if (workflowInfo().continueAsNewSuggested && allHandlersFinished())
      await continueAsNew<typeof conversation>(record);
  }
}
