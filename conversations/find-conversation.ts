import type { ConversationRecord, ConversationTurn } from '../contract/conversation.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import { askTemporal } from '../record/ask-temporal.ts';
import type { FrontEndDependencies } from '../server/http/front-end.ts';
import type { KnownConversation, KnownConversations } from './known-conversations.ts';
import * as problems from '../server/http/problems.ts';
import { readSettledConversation } from './settled-conversation.ts';
import { describeTurn } from '../record/turn-runs.ts';

export interface FoundConversation extends Pick<KnownConversation, 'nextNumber'> {
  /** A turn that is open in another process. */
  readonly openElsewhere?: Pick<ConversationTurn, 'id' | 'number'>;
}

interface Search {
  readonly deps: FrontEndDependencies;
  readonly known: KnownConversations;
}

/** A conversation as its next turn needs it: from memory, or on first contact from its workflow, which may have closed. */
export async function findConversation({ deps, known }: Search, id: string): Promise<FoundConversation> {
  const conversation = known.get(id);
  if (conversation && !isLost(deps, conversation)) return conversation;
  // Before anything is awaited: a turn that ends meanwhile may not be in what is read.
  const open = deps.turns.openIn(id);
  const { agent, items, turns } = await read(deps, id);
  const openElsewhere = await findElsewhere(deps, turns, open);
  // Another post may have come first while this one asked; what it knows is newer.
  const meanwhile = known.get(id);
  if (meanwhile && !isLost(deps, meanwhile)) return meanwhile;
  known.learn(id, { agent, items, nextNumber: (turns.at(-1)?.number ?? 0) + 1 });
  const told = new Set(turns.filter(({ state }) => state === 'finished').map((turn) => turn.id));
  meetAll(known, [...open, ...deps.turns.openIn(id)], told);
  return { nextNumber: known.get(id)?.nextNumber ?? 1, ...(openElsewhere && { openElsewhere }) };
}

async function read(deps: FrontEndDependencies, id: string): Promise<ConversationRecord> {
  const { name } = deps.agent;
  const reading = await readSettledConversation(deps, id);
  if (!reading) throw problems.unknownConversation(id);
  const { agent } = reading.record;
  if (agent !== name) throw problems.unknownAgent(agent, name);
  return reading.record;
}

async function findElsewhere(
  { client, turns }: FrontEndDependencies,
  told: readonly ConversationTurn[],
  open: readonly LiveTurn[],
): Promise<ConversationTurn | undefined> {
  const isHere = (id: string): boolean => open.some((turn) => turn.id === id) || turns.get(id) !== undefined;
  const running = told.findLast(({ id, state }) => state === 'running' && !isHere(id));
  const description = running && (await askTemporal(client, () => describeTurn(client, running.id)));
  return description?.status.name === 'RUNNING' ? running : undefined;
}

/** Turns that are open here, or were when the conversation was asked: it knows no more of them than that they began. */
function meetAll(known: KnownConversations, turns: readonly LiveTurn[], told: ReadonlySet<string>): void {
  for (const turn of new Set(turns)) if (!told.has(turn.id)) known.meet(turn);
}

/** A turn that began here has not ended here, and is not here any more: another process has taken it. */
function isLost({ turns }: FrontEndDependencies, known: KnownConversation): boolean {
  return known.turns.some((turn) => !turn.hasEnded && turns.get(turn.id) === undefined);
}
