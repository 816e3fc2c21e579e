import { randomUUID } from 'node:crypto';
import type { AskedInterrupt } from '../contract/barge-in.ts';
import type { ConversationRecord, ConversationTurn } from '../contract/conversation.ts';
import type {
  AcceptedTurn,
  Conversation,
  CountedPlayout,
  CreateConversation,
  CreatedConversation,
  InterruptedTurn,
  ReportPlayout,
  Turn,
} from '../contract/http.ts';
import { placeIn } from '../contract/messages.ts';
import type { CreatedRecord } from '../record/conversation-records.ts';
import { TemporalUnreachable } from '../record/temporal-fault.ts';
import { within } from '../time/silence.ts';
import { Admission } from './admission.ts';
import { type ConversationQuery, ConversationReadings, type FollowedConversation } from './conversation-readings.ts';
import { refuse } from './refusal.ts';
import type { ServiceDependencies } from './service-dependencies.ts';
import { TurnCommands } from './turn-commands.ts';
import type { TurnPost } from './turn-post.ts';
import { TurnPosts } from './turn-posts.ts';
import { type EventQuery, type ReadEvent, TurnReadings, type TurnSpeech } from './turn-readings.ts';

/** How long the end of a sentence is waited for before a turn moves. */
const MOST_SENTENCE_MS = 8_000;

/**
 * Turns without a protocol: what every front end calls, and all that it calls. It checks bodies and headers itself, and
 * admits what begins something (`admission`) at the first sign of a request. What cannot be done is thrown as a Refusal, or
 * as an error of Temporal (`record/temporal-fault.ts`).
 */
export class TurnService {
  readonly #deps: ServiceDependencies;
  readonly #posts: TurnPosts;
  readonly #commands: TurnCommands;
  readonly #readings: TurnReadings;
  readonly #conversationReadings: ConversationReadings;
  readonly admission = new Admission();
  #stopping: Promise<void> | undefined;

  constructor(deps: ServiceDependencies) {
    this.#deps = deps;
    this.#posts = new TurnPosts(deps);
    this.#commands = new TurnCommands(deps);
    this.#readings = new TurnReadings(deps);
    this.#conversationReadings = new ConversationReadings({ ...deps, readings: this.#readings });
  }

  /** Begins a conversation, or finds the one of this id. `isNew` tells which. */
  async createConversation(asked: CreateConversation): Promise<{ conversation: CreatedConversation; isNew: boolean }> {
    const { agent, id = newConversationId() } = asked;
    const { agent: served } = this.#deps;
    if (agent !== undefined && agent !== served.name) refuse({ kind: 'unknown_agent', agent, served: served.name });
    const { record, isNew } = await this.#create({ ...asked, id });
    if (record.agent !== served.name) refuse({ kind: 'agent_differs', id, agent: record.agent });
    return { conversation: this.#toCreated(id, record), isNew };
  }

  async #create({ id, metadata, context }: CreateConversation & { readonly id: string }): Promise<CreatedRecord> {
    const { conversations } = this.#deps;
    const { problems } = conversations.metadata.read(metadata ?? {});
    if (problems.length > 0) {
      // Without metadata it may be asked for one that is there.
      const record = metadata === undefined ? await conversations.read(id) : undefined;
      return record ? { record, isNew: false } : refuse({ kind: 'metadata_refused', problems });
    }
    const created = await conversations.create(id, { metadata, context });
    if (!created) throw new TemporalUnreachable();
    return created;
  }

  /** A conversation as its workflow has it. */
  async conversation(id: string): Promise<Conversation> {
    const record = await this.#deps.conversations.read(id);
    if (!record) refuse({ kind: 'unknown_conversation', id });
    const { turns, items, omittedItems } = record;
    const pending = turns.filter(({ state }) => state === 'running').map((turn) => turn.id);
    return { ...this.#toCreated(id, record), turns: turns.map(toShown), items, omittedItems, pending };
  }

  /** Posts a turn, which interrupts what is open in its conversation. Answers within 2 s, once the turn is bound. */
  async post(post: TurnPost): Promise<AcceptedTurn> {
    const { agent } = this.#deps;
    if (!post.body.input && agent.terms.greeting === undefined) refuse({ kind: 'no_greeting', agent: agent.name });
    return this.#posts.post(post);
  }

  /** A turn, once it has ended. Undefined where `signal` was aborted before. */
  ended(turnId: string, signal: AbortSignal): Promise<Turn | undefined> {
    return this.#readings.ended(turnId, signal);
  }

  /** A turn as its workflow knows it. */
  turn(turnId: string): Promise<Turn> {
    return this.#readings.turn(turnId);
  }

  /** The conversation of a turn: told by its id, or, of a turn with an id of its own, by its record. */
  conversationOf(turnId: string): string | Promise<string | undefined> {
    return (
      this.#deps.turns.get(turnId)?.start.conversationId ??
      placeIn(turnId)?.conversationId ??
      this.#readings.conversationOf(turnId)
    );
  }

  /** The caller speaks, or has pressed stop. A turn of this process is silent before anything is awaited. */
  interrupt(turnId: string, asked: AskedInterrupt): Promise<InterruptedTurn> {
    return this.#commands.interrupt(turnId, asked);
  }

  /** What the listener's device has played of a speech. */
  report(turnId: string, played: ReportPlayout): Promise<CountedPlayout> {
    return this.#commands.report(turnId, played);
  }

  /** The events of a turn, as they come, up to its end; where they are no longer kept, what stands for them. */
  events(turnId: string, query: EventQuery): Promise<AsyncIterable<ReadEvent>> {
    return this.#readings.events(turnId, query);
  }

  /** The events of all turns of a conversation, those to come too, until the reader leaves or the service stops. */
  follow(conversationId: string, query: ConversationQuery): Promise<FollowedConversation> {
    return this.#conversationReadings.follow(conversationId, query);
  }

  /** The audio of a turn from its beginning. */
  speech(turnId: string): Promise<TurnSpeech> {
    return this.#readings.speech(turnId);
  }

  #toCreated(id: string, { agent, createdAt, context, ...stored }: ConversationRecord): CreatedConversation {
    const metadata = this.#deps.conversations.metadata.shown(stored);
    return { id, agent, createdAt, ...(metadata && { metadata }), ...(context !== undefined && { context }) };
  }

  /** Rejects where Temporal does not answer. */
  reachTemporal(): Promise<void> {
    return this.#deps.turnRecords.reachTemporal();
  }

  /**
   * Begins nothing new from now on. Resolves when all that had begun is over, or after `graceMs`, once each open turn is at the end of a
   * sentence; then no conversation is followed any more.
   */
  stop(graceMs: number): Promise<void> {
    return (this.#stopping ??= this.#stop(graceMs));
  }

  async #stop(graceMs: number): Promise<void> {
    this.admission.stop();
    // A post that is under way may still open a turn.
    const over = this.admission
      .whenOver()
      .then(() => Promise.all([this.#deps.turns.whenEmpty(), this.#deps.turnRecords.interrupts.whenSent()]));
    await within(over, graceMs);
    await this.#deps.turns.rest(MOST_SENTENCE_MS);
    this.#conversationReadings.stop();
  }
}

/** An id that no conversation has. `prefix`: how it begins. */
export function newConversationId(prefix = ''): string {
  return `${prefix}${randomUUID().replaceAll('-', '')}`;
}

/** The epoch of a turn's home and the digests of its post are internal. */
function toShown({ epoch: _, post: __, ...turn }: ConversationRecord['turns'][number]): ConversationTurn {
  return turn;
}
