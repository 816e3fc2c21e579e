import type { LegatoClient } from 'legato/client';
import type { Figure } from '../figures.ts';
import { explainedMs, SLOW, slowOrder, words } from './replies.ts';
import { type TimedTurn, timeTurn } from '../timed-turn.ts';

const { firstTokenMs, tokenMs, voiceFirstMs } = SLOW;
const slowly = `model ${firstTokenMs} ms, token ${tokenMs} ms, voice ${voiceFirstMs} ms`;

/** How much later the first audio comes than model, voice and tool explain. Each turn begins a conversation. */
export async function measureFirstAudio(client: LegatoClient): Promise<Figure[]> {
  const quick = await timeTurns(client, words.ask, 100);
  const slow = await timeTurns(client, words.askSlowly, 100);
  const order = await timeTurns(client, words.orderSlowly, 25);
  const added = (what: string, values: readonly number[], explained: number): Figure => ({
    ...{ what, values: values.map((value) => value - explained), unit: 'ms' },
  });
  const toReader = ({ firstAudioMs }: TimedTurn): number => firstAudioMs;
  return [
    { ...added('added to first audio, as read; no delays', quick.map(toReader), explainedMs.ask), atMost: 40 },
    { ...added(`added to first audio, as read; ${slowly}`, slow.map(toReader), explainedMs.askSlowly), atMost: 40 },
    added(
      'the same, as published, since the post came',
      slow.map(({ firstAudioAtMs }) => firstAudioAtMs),
      explainedMs.askSlowly,
    ),
    added(
      `added to an answer, as read; the same and a tool of ${slowOrder.takesMs} ms`,
      order.map(({ answerAudioMs }) => answerAudioMs),
      explainedMs.orderSlowly,
    ),
  ];
}

async function timeTurns(client: LegatoClient, text: string, count: number): Promise<TimedTurn[]> {
  const turns: TimedTurn[] = [];
  while (turns.length < count) {
    const { id } = await client.createConversation();
    turns.push(await timeTurn(client, id, { text }));
  }
  return turns;
}
