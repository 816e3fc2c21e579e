import type { Agent } from '../agent/agent.ts';
import type {
  ConversationFacts,
  ConversationRecord,
  ConversationTurn,
  TurnBegan,
  TurnEnded,
} from '../contract/conversation.ts';
import type { Turn } from '../contract/http.ts';
import type { Metadata } from '../contract/metadata.ts';
import type { Item } from '../contract/items.ts';
import type { TurnPlace } from '../contract/messages.ts';
import type { OpenedStart } from '../contract/turn.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import type { LiveTurns } from '../live/turns/live-turns.ts';
import type { ConversationRecords, CreatedRecord } from '../record/conversation-records.ts';
import type { ToldTurn } from '../record/told-turns.ts';
import type { TurnRecords } from '../record/turn-records.ts';
import type { ConversationMetadata, TurnSetting } from './conversation-metadata.ts';
import { type KnownConversation, KnownConversations, type KnownTurn, type PostedAs } from './known-conversations.ts';
import { type ReadingExtent, readSettledConversation, type SettledConversation } from './settled-conversation.ts';

export interface ConversationsSetting {
  readonly metadata: ConversationMetadata;
  readonly conversationRecords: ConversationRecords;
  readonly turnRecords: Pick<TurnRecords, 'read' | 'started' | 'state'>;
  readonly agent: Pick<Agent, 'name'>;
  readonly turns: Pick<LiveTurns, 'get' | 'openIn'>;
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
  /** Turns that are open in other processes and were not interrupted from here, oldest first. */
  readonly openElsewhere: readonly Pick<ConversationTurn, 'id' | 'number'>[];
}

/** A conversation of another agent. */
export interface ForeignConversation {
  readonly foreignAgent: string;
}

/**
 * The conversations of an agent: the numbers of their turns, what was said, and what is open.
 *
 * 1. Each is a workflow, which gets a signal when a turn has ended. Turns that run are found by their ids, which have their
 *    numbers in them.
 * 2. What this process knows from its own turns saves it the question, and may be outdated: the start of a turn shows it, as
 *    Temporal refuses a number that another process has taken. Then, and where a turn of a conversation was lost to
 *    another process, all is read again.
 * 3. Order is that of turn numbers, not of ends.
 */
export class Conversations {
  readonly #setting: ConversationsSetting;
  readonly #known: KnownConversations;
  /** Those that are being read: a post that comes meanwhile gets the same reading, and its number after those before it. */
  readonly #readings = new Map<string, Promise<FoundConversation | ForeignConversation | undefined>>();
  /** Those that have turns of other processes since they were read. */
  readonly #outdated = new Set<string>();

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
    const isKnown = { items: [], nextNumber: 1, posts: new Map(), begunHere: true };
    if (created?.isNew) this.#known.learn(id, { agent: agent.name, facts, ...isKnown });
    return created;
  }

  /**
   * As its workflow has it, with the turns that run. A turn of it whose end nobody has reported is reported on the way.
   * Undefined where there is no such conversation.
   */
  async read(id: string): Promise<ConversationRecord | undefined> {
    return (await readSettledConversation(this.#setting, id, { upToLast: true }))?.record;
  }

  /**
   * The turns that it is told of, by all processes: first all that it has, then each as it ends or is taken over, until the
   * signal is aborted. Nothing at all where there is no such conversation.
   */
  follow(id: string, signal: AbortSignal): AsyncGenerator<readonly ToldTurn[]> {
    return this.#setting.conversationRecords.follow(id, signal);
  }

  /** From memory, or from its workflow, which may have closed. Undefined where there is none. */
  async find(id: string): Promise<FoundConversation | ForeignConversation | undefined> {
    const reading = this.#readings.get(id);
    if (reading) return reading;
    const known = this.#known.get(id);
    if (known && !this.#isLost(known)) {
      await this.#readElsewhere(id, known);
      return { ...known, openElsewhere: known.turns.filter((turn) => turn.isHeardElsewhere) };
    }
    const finding = this.#read(id, { upToLast: known !== undefined || this.#outdated.has(id) });
    this.#readings.set(id, finding);
    return finding.finally(() => this.#readings.delete(id));
  }

  /** A number was taken elsewhere, or is free though a turn was opened for it here: it is read anew before it is used again. */
  outdate(id: string): void {
    this.#known.forget(id);
    this.#outdated.add(id);
  }

  async #read(id: string, extent: ReadingExtent): Promise<FoundConversation | ForeignConversation | undefined> {
    const { turns, agent } = this.#setting;
    // Before anything is awaited: a turn that ends meanwhile may not be in what is read.
    const open = turns.openIn(id);
    const settled = await readSettledConversation(this.#setting, id, extent);
    this.#outdated.delete(id);
    if (!settled) return undefined;
    const { record, openElsewhere } = settled;
    if (record.agent !== agent.name) return { foreignAgent: record.agent };
    this.#learn(id, settled, open);
    const known = settled.untold.length > 0 ? this.#known.get(id) : undefined;
    if (known) await this.#readElsewhere(id, known);
    return { nextNumber: this.#known.get(id)?.nextNumber ?? 1, facts: factsOf(record), openElsewhere };
  }

  /** What is open in other processes may have gone on since: one that was interrupted, with calls that were to end. */
  async #readElsewhere(id: string, { turns }: KnownConversation): Promise<void> {
    const reading = turns
      .filter(({ isElsewhere }) => isElsewhere)
      .map(async (turn) => {
        const read = await this.#setting.turnRecords.read(turn.id).catch(() => undefined); // what is known of it has to do
        this.#takeIn(id, turn, read);
      });
    if (reading.length > 0) await Promise.all(reading);
  }

  #takeIn(id: string, turn: KnownTurn, read: Pick<Turn, 'items' | 'state'> | undefined): void {
    if (read?.state === 'finished') this.#known.end(id, turn, read.items);
    else turn.show(read?.items ?? turn.items);
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

  /** Whether the conversation was begun here, or a turn of it since it was read. */
  wasBegunHere(id: string): boolean {
    return this.#known.get(id)?.begunHere === true;
  }

  /** A turn that was begun here is bound. */
  bound(id: string): void {
    this.#known.bound(id);
  }

  /** The turn of a key, as far as it is known here. */
  postedAs(id: string, key: string): PostedAs | undefined {
    return this.#known.get(id)?.posts.get(key);
  }

  /** The turn of a key was abandoned: its key is free. */
  unpost(id: string, key: string): void {
    this.#known.unpost(id, key);
  }

  /** A turn that another process plays, and that is interrupted from here: it has its items once they are read. */
  cutElsewhere(id: string, place: Pick<ConversationTurn, 'id' | 'number'>) {
    const turn = this.#known.meetElsewhere(id, place);
    turn.cut();
    return (read?: Pick<Turn, 'items' | 'state'>): void => this.#takeIn(id, turn, read);
  }

  /**
   * Whether the caller has gone on to a later turn of the conversation: one that was abandoned, or that a repeat of the same post
   * has begun, is none. False where Temporal does not say so: then the interrupt of the later post is on its way.
   */
  async isFollowed({ conversationId, number, post }: TurnPlace & Pick<OpenedStart, 'post'>): Promise<boolean> {
    for (let next = number + 1; ; next += 1) {
      const place = { conversationId, number: next };
      const started = await this.#setting.turnRecords.started(place).catch(() => undefined);
      if (!started) return false;
      const isOfSamePost = post !== undefined && started.post?.key === post.key;
      if (started.state !== 'abandoned' && !isOfSamePost) return true;
    }
  }

  /** A process has taken the turn over. */
  taken(id: string, turn: TurnBegan): Promise<void> {
    return this.#setting.conversationRecords.tellBegan(id, turn);
  }

  ended(id: string, turn: TurnEnded): Promise<void> {
    return this.#setting.conversationRecords.tellEnded(id, turn);
  }

  /** For a turn that is opened, here or elsewhere. Rejects where the process has no key for the conversation's secret fields. */
  async settingOf(start: OpenedStart): Promise<TurnSetting> {
    const { conversationId: id, terms, metadata, sealed } = start;
    // Begun by an agent that had no use for metadata.
    const isLeftOut = metadata === undefined && this.metadata.isDeclared;
    const stored = isLeftOut ? factsOf(await this.read(id)) : { metadata, sealed };
    return this.metadata.goOn(id, { terms, metadata: stored.metadata, sealed: stored.sealed });
  }

  /** A reading may not lead to an interrupt of what is open elsewhere: the next post then interrupts it. */
  #learn(id: string, settled: SettledConversation, open: readonly LiveTurn[]): void {
    const { record, lastNumber, openElsewhere, untold } = settled;
    const { agent, items, turns: told } = record;
    const posts = told.flatMap(({ id, number, post }) =>
      post ? [[post.key, { id, number, body: post.body }] as const] : [],
    );
    this.#known.learn(id, { agent, facts: factsOf(record), items, nextNumber: lastNumber + 1, posts: new Map(posts) });
    const ended = endedOf(told);
    // Turns that are open here, or were when the conversation was asked: it was told nothing of them.
    for (const turn of new Set([...open, ...this.#setting.turns.openIn(id)]))
      if (!ended.has(turn.id)) this.#known.meet(turn);
    for (const turn of openElsewhere) this.#known.meetElsewhere(id, turn);
    for (const turn of untold) this.#known.meetElsewhere(id, turn).cut();
  }

  /** A turn that began here has not ended here, and is not here any more: another process has taken it. */
  #isLost({ turns }: KnownConversation): boolean {
    return turns.some(({ id, hasEnded, isElsewhere }) => !hasEnded && !isElsewhere && !this.#setting.turns.get(id));
  }
}

function factsOf({ metadata, sealed, context }: ConversationFacts = {}): ConversationFacts {
  return { ...(metadata && { metadata }), ...(sealed && { sealed }), ...(context !== undefined && { context }) };
}

function endedOf(turns: readonly ConversationTurn[]): ReadonlySet<string> {
  return new Set(turns.filter(({ state }) => state === 'finished').map(({ id }) => id));
}
