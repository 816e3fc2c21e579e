import type { ConversationPort, TurnSetting } from '../activities/dependencies.ts';
import type { Agent } from '../agent/agent.ts';
import type {
  ConversationFacts,
  ConversationRecord,
  ConversationTurn,
  TurnBegan,
  TurnEnded,
} from '../contract/conversation.ts';
import type { Metadata } from '../contract/metadata.ts';
import { packHistory } from '../contract/history.ts';
import type { Item } from '../contract/items.ts';
import type { OpenedPart } from '../contract/steps.ts';
import type { OpenedStart } from '../contract/turn.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import type { LiveTurns } from '../live/turns/live-turns.ts';
import type { ConversationRecords, CreatedRecord } from '../record/conversation-records.ts';
import type { ToldTurn } from '../record/told-turns.ts';
import type { TurnRecords } from '../record/turn-records.ts';
import { type ConversationMetadata, UnfitMetadata } from './conversation-metadata.ts';
import { type KnownConversation, KnownConversations, KnownTurn } from './known-conversations.ts';
import { readSettledConversation, type SettledConversation } from './settled-conversation.ts';

export interface ConversationsSetting {
  readonly metadata: ConversationMetadata;
  readonly conversationRecords: ConversationRecords;
  readonly turnRecords: Pick<TurnRecords, 'read' | 'state'>;
  readonly agent: Pick<Agent, 'name'>;
  readonly turns: Pick<LiveTurns, 'get' | 'openIn' | 'interruptAll'>;
  /** How many conversations are kept in memory, so that their next turn need not ask Temporal. Default 1,000. */
  readonly maxKnown?: number;
}

/** What a client gives a new conversation. */
interface CreatedWith {
  readonly metadata?: Metadata | undefined;
  readonly context?: string | undefined;
}

/** A conversation as its next turn needs it. */
export interface FoundConversation extends Pick<KnownConversation, 'nextNumber' | 'facts'> {
  /** A turn that is open in another process. */
  readonly openElsewhere?: Pick<ConversationTurn, 'id' | 'number'>;
}

/** A conversation of another agent. */
export interface ForeignConversation {
  readonly foreignAgent: string;
}

/**
 * The conversations of an agent: the numbers of their turns, what was said, and what is open.
 *
 * 1. Each is a workflow, which gets a signal when a turn begins and when it has ended.
 * 2. What this process knows from its own turns saves it the question. Where a turn of a conversation was lost to another
 *    process, the workflow is asked again.
 * 3. Order is that of turn numbers, not of ends.
 */
export class Conversations implements ConversationPort {
  readonly #setting: ConversationsSetting;
  readonly #known: KnownConversations;

  constructor(setting: ConversationsSetting) {
    this.#setting = setting;
    this.#known = new KnownConversations(setting.maxKnown);
  }

  get metadata(): ConversationMetadata {
    return this.#setting.metadata;
  }

  /**
   * Begins a conversation, or finds the one of this id, open or closed. Undefined where that cannot be read. Throws what Temporal
   * throws. Its metadata fits the agent.
   */
  async create(id: string, { metadata, context }: CreatedWith = {}): Promise<CreatedRecord | undefined> {
    const { agent, conversationRecords } = this.#setting;
    const facts = {
      ...(metadata && this.metadata.seal(id, metadata)),
      ...(context !== undefined && { context }),
    };
    const created = await conversationRecords.create(id, facts);
    if (created?.isNew) this.#known.learn(id, { agent: agent.name, facts, items: [], nextNumber: 1 });
    return created;
  }

  /**
   * As its workflow has it. A turn of it whose end nobody has reported is reported on the way. Undefined where there is no
   * such conversation.
   */
  async read(id: string): Promise<ConversationRecord | undefined> {
    return (await readSettledConversation(this.#setting, id))?.record;
  }

  /**
   * The turns that it is told of, by all processes: first all that it has, then each as it begins and ends, until the signal
   * is aborted. Nothing at all where there is no such conversation.
   */
  follow(id: string, signal: AbortSignal): AsyncGenerator<readonly ToldTurn[]> {
    return this.#setting.conversationRecords.follow(id, signal);
  }

  /** From memory, or on first contact from its workflow, which may have closed. Undefined where there is none. */
  async find(id: string): Promise<FoundConversation | ForeignConversation | undefined> {
    const conversation = this.#known.get(id);
    if (conversation && !this.#isLost(conversation)) return conversation;
    const { turns, agent } = this.#setting;
    // Before anything is awaited: a turn that ends meanwhile may not be in what is read.
    const open = turns.openIn(id);
    const settled = await readSettledConversation(this.#setting, id);
    if (!settled) return undefined;
    const { record } = settled;
    if (record.agent !== agent.name) return { foreignAgent: record.agent };
    const openElsewhere = await this.#findElsewhere(settled, open);
    // Another post may have come first while this one asked; what it knows is newer.
    const meanwhile = this.#known.get(id);
    if (meanwhile && !this.#isLost(meanwhile)) return meanwhile;
    this.#learn(id, record, open);
    const nextNumber = this.#known.get(id)?.nextNumber ?? 1;
    return { nextNumber, facts: factsOf(record), ...(openElsewhere && { openElsewhere }) };
  }

  /** What was said before a turn of this number, as it is whenever it is asked: what was open shows how it went on. */
  before(id: string, number: number): () => readonly Item[] {
    return this.#known.before(id, number);
  }

  /** The number of the next turn, as it is known in this tick. Undefined where the conversation is not known here. */
  nextNumber(id: string): number | undefined {
    return this.#known.get(id)?.nextNumber;
  }

  /** A turn was opened in this process, by anybody. */
  meet(turn: LiveTurn): void {
    this.#known.meet(turn);
  }

  /** Whether a turn was begun and bound here since the conversation was learned. */
  wasBegunHere(id: string): boolean {
    return this.#known.get(id)?.begunHere === true;
  }

  /** A turn that was begun here is bound. */
  bound(id: string): void {
    this.#known.bound(id);
  }

  /** A turn that another process plays: known here from now on, with its items once they are known. */
  meetElsewhere(id: string, { id: turnId, number }: Pick<ConversationTurn, 'id' | 'number'>) {
    const turn = new KnownTurn({ id: turnId, number });
    this.#known.add(id, turn);
    return (items?: readonly Item[]): void => this.#known.end(id, turn, items);
  }

  began(id: string, turn: TurnBegan): Promise<void> {
    return this.#setting.conversationRecords.tellBegan(id, turn);
  }

  ended(id: string, turn: TurnEnded): Promise<void> {
    return this.#setting.conversationRecords.tellEnded(id, turn);
  }

  async prepare(id: string): ReturnType<ConversationPort['prepare']> {
    const { turns } = this.#setting;
    const record = await this.read(id);
    const { turns: told = [], items = [] } = record ?? {};
    const begun = this.#begin(id, factsOf(record));
    if ('unfit' in begun) return begun;
    // The new turn is a barge-in: its history has what was heard of the open ones here.
    turns.interruptAll(id);
    const ended = endedOf(told);
    const open = turns.openIn(id).filter((turn) => !ended.has(turn.id));
    const numbers = [...told.map((turn) => turn.number), ...open.map((turn) => turn.start.number)];
    const history = packHistory([...items, ...open.flatMap((turn) => turn.ownItems)]);
    return { opened: { number: Math.max(0, ...numbers) + 1, history, ...begun } };
  }

  async settingOf(start: OpenedStart): Promise<TurnSetting> {
    const { conversationId: id, terms, metadata, sealed } = start;
    // Begun by an agent that had no use for metadata.
    const isLeftOut = metadata === undefined && this.metadata.isDeclared;
    const stored = isLeftOut ? factsOf(await this.read(id)) : { metadata, sealed };
    return this.metadata.goOn(id, { terms, metadata: stored.metadata, sealed: stored.sealed });
  }

  #begin(id: string, facts: ConversationFacts): Omit<OpenedPart, 'number' | 'history'> | { unfit: string } {
    const { context } = facts;
    try {
      const { terms, start } = this.metadata.begin(id, facts);
      return { terms, ...start, ...(context !== undefined && { conversationContext: context }) };
    } catch (error) {
      if (error instanceof UnfitMetadata) return { unfit: error.message };
      throw error;
    }
  }

  async #findElsewhere(
    { record, isOpen }: SettledConversation,
    open: readonly LiveTurn[],
  ): Promise<ConversationTurn | undefined> {
    const { turns } = this.#setting;
    const isHere = (id: string): boolean => open.some((turn) => turn.id === id) || turns.get(id) !== undefined;
    const running = record.turns.findLast(({ id, state }) => state === 'running' && !isHere(id));
    return running && (await isOpen(running)) ? running : undefined;
  }

  #learn(id: string, record: ConversationRecord, open: readonly LiveTurn[]): void {
    const { agent, items, turns: told } = record;
    const nextNumber = (told.at(-1)?.number ?? 0) + 1;
    this.#known.learn(id, { agent, facts: factsOf(record), items, nextNumber });
    const ended = endedOf(told);
    // Turns that are open here, or were when the conversation was asked: it knows no more of them than that they began.
    for (const turn of new Set([...open, ...this.#setting.turns.openIn(id)]))
      if (!ended.has(turn.id)) this.#known.meet(turn);
  }

  /** A turn that began here has not ended here, and is not here any more: another process has taken it. */
  #isLost(known: KnownConversation): boolean {
    return known.turns.some((turn) => !turn.hasEnded && this.#setting.turns.get(turn.id) === undefined);
  }
}

function factsOf({ metadata, sealed, context }: ConversationFacts = {}): ConversationFacts {
  return { ...(metadata && { metadata }), ...(sealed && { sealed }), ...(context !== undefined && { context }) };
}

function endedOf(turns: readonly ConversationTurn[]): ReadonlySet<string> {
  return new Set(turns.filter(({ state }) => state === 'finished').map(({ id }) => id));
}
