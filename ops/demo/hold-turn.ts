import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { LegatoClient, ServedEvent, Turn } from 'legato/client';
import { writeWav } from '../write-wav.ts';
import type { Scene } from './scenes.ts';
import { type HistorySize, showEnd, showEvent } from './show-turn.ts';

export interface Stage {
  readonly client: LegatoClient;
  readonly conversationId: string;
  readonly dataDir: string;
  readonly temporal: Client;
  /** Aborted when the demo is told to stop. */
  readonly signal: AbortSignal;
}

/** One turn through the typed client: told as it happens, then what became of it. Returns the turn. */
export async function holdTurn(scene: Scene, number: number, stage: Stage): Promise<Turn> {
  const { client, conversationId, dataDir, temporal, signal } = stage;
  const { id } = await client.startTurn(conversationId, { text: scene.words }, { signal });
  const wav = join(dataDir, `demo-${number}.wav`);
  const [events] = await Promise.all([
    follow(client.events(id, { signal })),
    client.audio(id, { signal }).then((stream) => writeWav(stream, wav)),
  ]);
  const turn = await client.result(id, { signal });
  showEnd({ turn, events, history: await measureHistory(temporal, turn), wav });
  return turn;
}

async function follow(stream: AsyncIterable<ServedEvent>): Promise<ServedEvent[]> {
  const events: ServedEvent[] = [];
  for await (const event of stream) {
    showEvent(event);
    events.push(event);
  }
  return events;
}

async function measureHistory(temporal: Client, turn: Turn): Promise<HistorySize> {
  const { workflowId, runId } = turn.temporal;
  const { historyLength, historySize = 0 } = await temporal.workflow.getHandle(workflowId, runId).describe();
  return { events: historyLength, bytes: historySize };
}
