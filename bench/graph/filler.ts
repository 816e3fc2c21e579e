import type { LegatoClient } from 'legato/client';
import { DELAYS, FILLER_AFTER_MS, words } from './replies.ts';

/** How much later than its time a filler begins, by the times that the server gives events. The voice's own delay is left out. */
export async function timeFiller(client: LegatoClient): Promise<number> {
  const { id: conversation } = await client.createConversation();
  const { id } = await client.startTurn(conversation, { text: words.wait });
  let startedMs = NaN;
  let lateMs = NaN;
  for await (const event of client.events(id)) {
    if (event.type === 'tool.started') startedMs = event.atMs;
    if (event.type === 'speech.started' && event.speech === '1-3') {
      lateMs = event.atMs - startedMs - FILLER_AFTER_MS - DELAYS.voiceFirstMs;
    }
  }
  return lateMs;
}
