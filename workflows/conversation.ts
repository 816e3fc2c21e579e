import { ApplicationFailure } from '@temporalio/common';
import { allHandlersFinished, condition, continueAsNew, defineQuery, defineSignal } from '@temporalio/workflow';
import { setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import type { ConversationInput, ConversationRecord, TurnBegan, TurnEnded } from '../contract/conversation.ts';
import { failureOptions } from '../contract/failures.ts';
import { escapeMarkdown } from '../contract/markdown.ts';
import { conversationRecord, turnBegan, turnEnded } from '../contract/messages.ts';
import { withinLimit, withTurnBegan, withTurnEnded } from './conversation-record.ts';
import { conversationInputFault, turnBeganFault, turnEndedFault } from './message-faults.ts';
import { isPatched } from './patches.ts';

/**
 * One conversation: holds what its turns reported, and decides nothing. A turn never waits for it.
 * It closes a day after its last turn, with its record as the result; the next turn opens it again from that record.
 * A malformed signal is ignored, and shown in the workflow's current details.
 */
export async function conversation(input: ConversationInput): Promise<ConversationRecord> {
  const fault = conversationInputFault(input);
  if (fault)
    throw ApplicationFailure.create(
      failureOptions('Message.Malformed', `The conversation cannot be recorded: ${fault}`),
    );
  // A record from an older version may be larger.
  let record = withinLimit(input);
  let reported = false;
  const take = (fault: string | undefined, withReport: () => ConversationRecord): void => {
    if (fault) return setCurrentDetails(escapeMarkdown(`A signal was ignored: ${fault}`));
    record = withReport();
    reported = true;
  };
  setHandler(defineQuery<ConversationRecord>(conversationRecord), () => record);
  setHandler(defineSignal<[TurnBegan]>(turnBegan), (turn) =>
    take(turnBeganFault(turn), () => withTurnBegan(record, turn)),
  );
  setHandler(defineSignal<[TurnEnded]>(turnEnded), (turn) =>
    take(turnEndedFault(turn), () => withTurnEnded(record, turn, new Date().toISOString())),
  );
  for (;;) {
    const woken = await condition(() => reported, '24 hours');
    // If timer and signal arrive in one task, the timer wins; older versions closed in that case.
    if (!woken && !(reported && isPatched('told-before-close'))) return record;
    reported = false;
    if (workflowInfo().continueAsNewSuggested && allHandlersFinished())
      await continueAsNew<typeof conversation>(record);
  }
}
