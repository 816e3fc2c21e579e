import type { Client } from '@temporalio/client';
import type { LegatoClient } from 'legato/client';
import type { Figure } from '../figures.ts';
import { words } from './replies.ts';
import { timeTurn } from '../timed-turn.ts';

const TURNS = 30;

/** What a turn with one tool call writes to Temporal, as the first of a conversation and as the thirtieth. Those two are spoken. */
export async function measureHistory(client: LegatoClient, temporal: Client): Promise<Figure[]> {
  const { id: conversation } = await client.createConversation();
  const figures: Figure[] = [];
  for (let number = 1; number <= TURNS; number += 1) {
    const isMeasured = number === 1 || number === TURNS;
    const modality = isMeasured ? 'audio' : 'text';
    const { id } = await timeTurn(client, conversation, { text: words.order, modality });
    if (!isMeasured) continue;
    await client.result(id);
    const { historyLength, historySize = 0 } = await temporal.workflow.getHandle(id).describe();
    const what = `history of a turn with a tool, turn ${number}`;
    figures.push({ what, values: [historyLength], unit: 'events', atMost: 50 });
    figures.push({ what, values: [historySize / 1_000], unit: 'kB', atMost: 20 });
  }
  return figures;
}
