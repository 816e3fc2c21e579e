import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { LegatoClient, ServedEvent, Turn } from 'legato/client';
import { writeWav } from '../write-wav.ts';
import { readRefunds, type Refund } from './shop.ts';
import type { Scene } from './scenes.ts';
import { type HistorySize, showEnd, showEvent } from './show-turn.ts';

export interface Stage {
  readonly client: LegatoClient;
  readonly conversationId: string;
  readonly dataDir: string;
  /** Path of the shop's database. */
  readonly shop: string;
  readonly temporal: Client;
  /** Aborted when the demo must stop. */
  readonly signal: AbortSignal;
}

export interface HeldTurn {
  readonly turn: Turn;
  /** All that the shop has refunded by its end, where the scene is about that. */
  readonly refunds: readonly Refund[];
}

/** One turn through the typed client: printed as it happens, then its result. */
export async function holdTurn(scene: Scene, number: number, stage: Stage): Promise<HeldTurn> {
  const { client, conversationId, dataDir, shop, temporal, signal } = stage;
  const { id } = await client.startTurn(conversationId, { text: scene.words }, { signal });
  const wav = join(dataDir, `demo-${number}.wav`);
  const [events] = await Promise.all([
    follow(scene, id, stage),
    client.audio(id, { signal }).then((stream) => writeWav(stream, wav)),
  ]);
  const turn = await client.result(id, { signal });
  const refunds = scene.refunded === undefined ? [] : readRefunds(shop);
  showEnd({ turn, events, history: await measureHistory(temporal, turn), wav, refunds });
  return { turn, refunds };
}

async function follow({ interrupts }: Scene, turnId: string, { client, signal }: Stage): Promise<ServedEvent[]> {
  const events: ServedEvent[] = [];
  let interrupting: Promise<unknown> | undefined;
  for await (const event of client.events(turnId, { signal })) {
    showEvent(event);
    events.push(event);
    if (event.type !== 'tool.started' || event.name !== interrupts?.tool) continue;
    interrupting = delay(interrupts.afterMs, undefined, { signal }).then(() => client.interrupt(turnId));
    interrupting.catch(() => undefined); // Reported when the events have ended.
  }
  await interrupting;
  return events;
}

async function measureHistory(temporal: Client, turn: Turn): Promise<HistorySize> {
  const { workflowId, runId } = turn.temporal;
  const { historyLength, historySize = 0 } = await temporal.workflow.getHandle(workflowId, runId).describe();
  return { events: historyLength, bytes: historySize };
}
