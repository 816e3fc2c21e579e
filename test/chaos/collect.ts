import { setTimeout as delay } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { createLegatoClient, type Conversation, type Turn } from 'legato/client';
import { turnIdOf } from '../../contract/messages.ts';
import { WatchedTurn } from '../durability/watched-turn.ts';
import type { RecordedTurn } from './observation.ts';
import type { Place } from './topology/place.ts';

const LOOK_MS = 250;
/** What is held until then counts as left. */
const PATIENCE_MS = 15_000;

/** All turns of a conversation by their numbers, once they have ended. */
export async function collectTurns(
  client: Client,
  places: readonly Place[],
  conversationId: string,
): Promise<readonly RecordedTurn[]> {
  const ids: string[] = [];
  for (let number = 1; ; number += 1) {
    const id = turnIdOf({ conversationId, number });
    if ((await statusOf(client, id)) === undefined) break;
    ids.push(id);
  }
  return Promise.all(
    ids.map(async (id, index) => {
      const result = await new WatchedTurn(client, id).result().catch(() => undefined); // abandoned
      const served = await Promise.all(places.map((place) => turnAt(place, id)));
      return {
        ...{ id, conversationId, number: index + 1, status: (await statusOf(client, id)) ?? 'gone' },
        ...(result !== undefined && result !== 'left open' && { result }),
        served: served.flatMap((turn) => turn ?? []),
      };
    }),
  );
}

async function statusOf(client: Client, id: string): Promise<string | undefined> {
  try {
    return (await client.workflow.getHandle(id).describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

const turnAt = ({ url = '' }: Place, id: string): Promise<Turn | undefined> =>
  createLegatoClient({ baseUrl: url })
    .turn(id)
    .catch(() => undefined); // an abandoned turn is unknown

/** A conversation as a front end shows it, once none of its turns is open. */
export async function collectConversation({ url = '' }: Place, id: string): Promise<Conversation> {
  const legato = createLegatoClient({ baseUrl: url });
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const conversation = await legato.conversation(id);
    if (conversation.pending.length === 0 || performance.now() > untilMs) return conversation;
    await delay(LOOK_MS);
  }
}

/** What processes still hold although all turns have ended, and those that ended by themselves. */
export async function collectLeft(places: readonly Place[]): Promise<readonly string[]> {
  const held = await Promise.all(places.map((place) => heldBy(place)));
  return [...held.flat(), ...places.flatMap(({ crashes }) => crashes)];
}

async function heldBy({ name, url = '' }: Place): Promise<readonly string[]> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const open = /^legato_open_turns (\d+)$/m.exec(metrics)?.[1];
    if (open === '0') return [];
    if (performance.now() > untilMs) return [`${name} has ${open ?? 'an unknown number of'} open turns`];
    await delay(LOOK_MS);
  }
}
