import type { LegatoClient } from 'legato/client';
import type { Figure } from '../figures.ts';
import { toGrowth } from '../memory-growth.ts';
import type { ServingProcess } from '../measured-system/serving-process.ts';
import { timeTurn } from '../timed-turn.ts';
import { words } from './replies.ts';

const WARM_UP_TURNS = 10;
const EARLY_TURNS = 200;
const TURNS = 1_000;
const TURNS_PER_CONVERSATION = 10;

/** Turns one after another, as text so that nobody waits for speech: how soon each is accepted, and what they leave in memory. */
export async function measureManyTurns(client: LegatoClient, serving: ServingProcess): Promise<Figure[]> {
  const acceptedMs: number[] = [];
  let early = await serving.memory();
  let conversation = '';
  for (let number = 1; number <= TURNS; number += 1) {
    if (number % TURNS_PER_CONVERSATION === 1) conversation = (await client.createConversation()).id;
    const turn = await timeTurn(client, conversation, { text: words.ask, modality: 'text' });
    if (number > WARM_UP_TURNS) acceptedMs.push(turn.acceptedMs);
    if (number === EARLY_TURNS) early = await serving.memory();
  }
  const late = { turns: TURNS, memory: await serving.memory() };
  const accepted: Figure = { what: 'POST of a turn until its 202', values: acceptedMs, unit: 'ms', atMost: 35 };
  return [accepted, ...toGrowth({ turns: EARLY_TURNS, memory: early }, late)];
}
