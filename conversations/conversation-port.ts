import type { Client } from '@temporalio/client';
import type { ConversationPort } from '../activities/dependencies.ts';
import type { Agent } from '../agent/agent.ts';
import { packHistory } from '../contract/history.ts';
import type { LiveTurns } from '../live/turns/live-turns.ts';
import { readSettledConversation } from './settled-conversation.ts';
import { tellTurnBegan, tellTurnEnded } from './tell-conversation.ts';
import type { ExpectedTasks } from '../record/expected-tasks.ts';

export interface ConversationPortSetting {
  readonly client: Client;
  readonly agent: Agent;
  readonly turns: Pick<LiveTurns, 'get' | 'openIn' | 'interruptAll'>;
  readonly tasks: Pick<ExpectedTasks, 'expect'>;
}

/** Conversations as activities tell and ask them, through Temporal. */
export function createConversationPort({ client, agent, turns, tasks }: ConversationPortSetting): ConversationPort {
  const teller = { client, agent, tasks };
  return {
    began: (id, turn) => tellTurnBegan(teller, id, turn),
    ended: async (id, turn) => {
      tasks.expect(turn.id);
      await tellTurnEnded(teller, id, turn);
    },
    prepare: async (id) => {
      const { turns: told = [], items = [] } = (await readSettledConversation({ ...teller, turns }, id))?.record ?? {};
      // The turn that begins is a barge-in: it is told of what is open here as it was heard.
      turns.interruptAll(id);
      const hasEnded = (turnId: string): boolean =>
        told.some((turn) => turn.id === turnId && turn.state === 'finished');
      const open = turns.openIn(id).filter((turn) => !hasEnded(turn.id));
      const numbers = [...told.map((turn) => turn.number), ...open.map((turn) => turn.input.number)];
      const history = packHistory([...items, ...open.flatMap((turn) => turn.ownItems)]);
      return { number: Math.max(0, ...numbers) + 1, terms: agent.terms, history };
    },
  };
}
