import { Context } from '@temporalio/activity';
import type { CloseTurnInput } from '../contract/steps.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { checkHome } from './open-at-home.ts';

/** Tells the conversation, the readers and this process that the turn is over, in this order: who hears of the end finds the record. */
export function createCloseTurn({ home, conversations, stream, turns }: ActivityDependencies) {
  return async function closeTurn({ result, home: asked, epoch, startedAt }: CloseTurnInput): Promise<void> {
    checkHome(home, asked);
    const turnId = Context.current().info.workflowExecution?.workflowId ?? '';
    const { conversationId, number, outcome, degraded, items } = result;
    await conversations.ended(conversationId, { id: turnId, number, startedAt, outcome, items });
    const said = items.flatMap((item) => (item.type === 'speech' ? [item.text] : []));
    const by = { turnId, step: 'close', epoch };
    stream.publish(by, { type: 'turn.finished', outcome, degraded, text: said.join(' ') });
    turns.close(turnId, result);
  };
}
