import type { LegatoClient } from 'legato/client';
import { words } from './replies.ts';
import type { Figure } from '../figures.ts';
import { toGrowth } from '../memory-growth.ts';
import type { ServingProcess } from '../measured-system/serving-process.ts';

const WARM_UP_TURNS = 10;
const EARLY_TURNS = 100;
const TURNS = 500;
const TURNS_PER_CONVERSATION = 10;

/** Turns one after another, each interrupted in mid-sentence with a tool under way: how soon that is recorded, and what they leave in memory. */
export async function measureInterruptedTurns(client: LegatoClient, serving: ServingProcess): Promise<Figure[]> {
  const recordedMs: number[] = [];
  let early = await serving.memory();
  let conversation = '';
  for (let turn = 1; turn <= TURNS; turn += 1) {
    if (turn % TURNS_PER_CONVERSATION === 1) conversation = (await client.createConversation()).id;
    const ms = await interruptOne(client, conversation);
    if (turn > WARM_UP_TURNS) recordedMs.push(ms);
    if (turn === EARLY_TURNS) early = await serving.memory();
  }
  const late = { turns: TURNS, memory: await serving.memory() };
  return [
    { what: 'interrupt over HTTP → answered, recorded', values: recordedMs, unit: 'ms', atMost: 25 },
    ...toGrowth({ turns: EARLY_TURNS, memory: early }, late),
  ];
}

/** From the interrupt to its answer. Ends with the turn. */
async function interruptOne(client: LegatoClient, conversation: string): Promise<number> {
  const { id } = await client.startTurn(conversation, { text: words });
  let recordedMs = NaN;
  for await (const event of client.events(id, { audio: true })) {
    // The speech has begun by then: it comes with the call.
    if (event.type === 'tool.started') recordedMs = await interrupt(client, id);
    if (event.type === 'turn.finished' && event.outcome !== 'interrupted') {
      throw new Error(`Cannot measure: a turn ended '${event.outcome}' and not 'interrupted'; see the output above`);
    }
  }
  return recordedMs;
}

async function interrupt(client: LegatoClient, turnId: string): Promise<number> {
  const sentMs = performance.now();
  const { recorded } = await client.interrupt(turnId);
  const answeredMs = performance.now() - sentMs;
  if (!recorded) throw new Error('Cannot measure: an interrupt was answered before the record had it');
  return answeredMs;
}
