import { askTemporal } from './ask-temporal.ts';
import type { FrontEndDependencies } from './front-end.ts';
import type { KnownConversation, KnownConversations } from './known-conversations.ts';
import * as problems from './problems.ts';
import { readConversation } from './read-conversation.ts';
import { describeTurn } from './turn-runs.ts';

export interface FoundConversation extends Pick<KnownConversation, 'nextNumber'> {
  /** A turn that is open in another process. */
  readonly openElsewhere?: string;
}

interface Search {
  readonly deps: FrontEndDependencies;
  readonly known: KnownConversations;
}

/** A conversation as its next turn needs it: from memory, or on first contact from its workflow, which may have closed. */
export async function findConversation({ deps, known }: Search, id: string): Promise<FoundConversation> {
  const conversation = known.get(id);
  if (conversation && !isLost(deps, conversation)) return conversation;
  const reading = await readConversation(deps.client, id);
  if (!reading) throw problems.unknownConversation(id);
  const { agent, items, turns } = reading.record;
  if (agent !== deps.agent.name) throw problems.unknownAgent(agent, deps.agent.name);
  const running = turns.findLast(({ state }) => state === 'running');
  const isElsewhere = running && !deps.turns.get(running.id) && (await isRunning(deps, running.id));
  // Another post may have come first while this one asked; what it knows is newer.
  const meanwhile = known.get(id);
  if (meanwhile && !isLost(deps, meanwhile)) return meanwhile;
  const nextNumber = (turns.at(-1)?.number ?? 0) + 1;
  known.learn(id, { agent, items, nextNumber });
  return { nextNumber, ...(isElsewhere && { openElsewhere: running.id }) };
}

/** A turn that began here has not ended here, and is not here any more: another process has taken it. */
function isLost({ turns }: FrontEndDependencies, known: KnownConversation): boolean {
  return known.turns.some((turn) => turn.items === undefined && turns.get(turn.id) === undefined);
}

async function isRunning({ client }: FrontEndDependencies, turnId: string): Promise<boolean> {
  const description = await askTemporal(client, () => describeTurn(client, turnId));
  return description?.status.name === 'RUNNING';
}
