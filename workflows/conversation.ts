import { ApplicationFailure } from '@temporalio/common';
import { allHandlersFinished, condition, continueAsNew, defineQuery, defineSignal } from '@temporalio/workflow';
import { patched, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import type { ConversationInput, ConversationRecord, TurnBegan, TurnEnded } from '../contract/conversation.ts';
import { failureOptions } from '../contract/failures.ts';
import { escapeMarkdown } from '../contract/markdown.ts';
import { conversationRecord, turnBegan, turnEnded } from '../contract/messages.ts';
import { withinLimit, withTurnBegan, withTurnEnded } from './conversation-record.ts';
import { conversationInputFault, turnBeganFault, turnEndedFault } from './message-faults.ts';

/**
 * One conversation: holds what its turns reported, and decides nothing. A turn never waits for it.
 * A day after its last turn it closes and leaves its record as its result; the next turn opens it again with that.
 * A malformed signal is ignored, and shown in the workflow's current details.
 */
export async function conversation(input: ConversationInput): Promise<ConversationRecord> {
  const fault = conversationInputFault(input);
  if (fault)
    throw ApplicationFailure.create(failureOptions('Message.Malformed', `The conversation cannot be kept: ${fault}`));
  // A record from an older version may be larger.
  let record = withinLimit(input);
  let told = false;
  const tell = (fault: string | undefined, withTold: () => ConversationRecord): void => {
    if (fault) return setCurrentDetails(escapeMarkdown(`A signal was ignored: ${fault}`));
    record = withTold();
    told = true;
  };
  setHandler(defineQuery<ConversationRecord>(conversationRecord), () => record);
  setHandler(defineSignal<[TurnBegan]>(turnBegan), (turn) =>
    tell(turnBeganFault(turn), () => withTurnBegan(record, turn)),
  );
  setHandler(defineSignal<[TurnEnded]>(turnEnded), (turn) =>
    tell(turnEndedFault(turn), () => withTurnEnded(record, turn, new Date().toISOString())),
  );
  for (;;) {
    const woken = await condition(() => told, '24 hours');
    // The timer wins over a signal of the same task; conversations of an earlier version closed then.
    if (!woken && !(told && patched('told-before-close'))) return record;
    told = false;
    if (workflowInfo().continueAsNewSuggested && allHandlersFinished())
      await continueAsNew<typeof conversation>(record);
  }
}
