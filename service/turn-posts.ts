import { randomUUID } from 'node:crypto';
import type { AcceptedTurn } from '../contract/http.ts';
import { UnfitMetadata } from '../conversations/conversation-metadata.ts';
import type { FoundConversation } from '../conversations/conversations.ts';
import { MissingPayloadKey } from '../record/payload-cipher.ts';
import { BrokenSeal } from '../record/sealed-fields.ts';
import { TemporalUnreachable } from '../record/temporal-fault.ts';
import { Patience, PATIENCE_MS } from '../time/request-patience.ts';
import { type BeginDependencies, beginTurn, type NextTurn } from './begin-turn.ts';
import { type OpenPlace, OpenPlaces } from './open-places.ts';
import { PostRepeats } from './post-repeats.ts';
import { refuse } from './refusal.ts';
import type { ServiceDependencies } from './service-dependencies.ts';
import { type Attempt, digestOf, digestOfKey, type TurnPost } from './turn-post.ts';
import { TurnStarts } from './turn-starts.ts';

/** What a post keeps of its time for its own turn, where another process is slow to cut the one before. */
const BEGIN_MS = 600;

interface Search {
  readonly place: OpenPlace;
  /** False once all clients that wait for the answer have left. */
  readonly isWanted: () => boolean;
}

/**
 * Turns posts into turns.
 *
 * 1. A repeat of a key finds the turn of the first post, in whatever process: see `PostRepeats`.
 * 2. A post is a barge-in on what is open in the conversation. What is open here is interrupted before anything is
 *    awaited, and so is what is open in the tick in which the new turn begins. One that is open elsewhere is interrupted there
 *    as soon as it is known, and the post waits for it.
 * 3. The turn gets the next number that this process knows of. Where another process has taken it, the turn is withdrawn, the
 *    conversation is read again, and the post begins anew.
 * 4. A turn that is begun is bound or refused, and never both (I8): see `beginTurn`.
 */
export class TurnPosts {
  readonly #deps: BeginDependencies;
  readonly #places: OpenPlaces;
  readonly #repeats: PostRepeats;

  constructor(deps: ServiceDependencies) {
    this.#deps = { ...deps, starts: new TurnStarts(deps.turnRecords) };
    this.#places = new OpenPlaces(deps.turns, deps.maxOpenTurns);
    this.#repeats = new PostRepeats(deps);
  }

  async post(post: TurnPost): Promise<AcceptedTurn> {
    using patience = new Patience(PATIENCE_MS);
    const came = { startedMs: this.#deps.turns.clock.nowMs(), postedAt: new Date().toISOString() };
    const attempt = { ...post, ...came, key: digestOfKey(post), digest: digestOf(post.body), patience };
    // One whose turn was abandoned is a first post, unless another one has come before it meanwhile.
    for (let repeat = this.#repeats.find(attempt); repeat; repeat = this.#repeats.find(attempt)) {
      const repeated = await repeat;
      if (repeated) return repeated;
    }
    using place = this.#places.take();
    // The caller speaks: nothing is awaited before it is silent.
    this.#deps.turns.interruptAll(post.conversationId);
    return await this.#repeats.answer(attempt, (isWanted) => this.#search(attempt, { place, isWanted }));
  }

  /** Looks for what the turn follows, until nothing of the conversation is open elsewhere; then begins it. */
  async #search(attempt: Attempt, search: Search): Promise<AcceptedTurn> {
    const { conversationId, patience } = attempt;
    const { conversations } = this.#deps;
    const found = await this.#find(conversationId);
    const repeated = await this.#repeats.findPosted(attempt);
    if (repeated) return repeated;
    if (patience.leftMs === 0) throw new TemporalUnreachable();
    if (!search.isWanted()) refuse({ kind: 'post_given_up' });
    if (found.openElsewhere.length > 0) {
      await Promise.all(found.openElsewhere.map((turn) => this.#interruptElsewhere(attempt, turn)));
      return this.#search(attempt, search);
    }
    // Another post may have opened a turn in the ticks since the conversation was found.
    const number = conversations.nextNumber(conversationId) ?? found.nextNumber;
    const { facts } = found;
    const setting = this.#settingOf(conversationId, facts);
    const answer = this.#begin(attempt, { number, context: facts.context, ...setting }, search);
    search.place.giveBack(); // the turn is counted from now on
    return answer;
  }

  async #find(id: string): Promise<FoundConversation> {
    const { name } = this.#deps.agent;
    const found = await this.#deps.conversations.find(id);
    if (!found) refuse({ kind: 'unknown_conversation', id });
    if ('foreignAgent' in found) refuse({ kind: 'unknown_agent', agent: found.foreignAgent, served: name });
    return found;
  }

  /** Nothing is begun where the conversation's metadata does not fit the agent, or cannot be read. */
  #settingOf(id: string, facts: FoundConversation['facts']): Omit<NextTurn, 'number' | 'context'> {
    try {
      return this.#deps.conversations.metadata.begin(id, facts);
    } catch (error) {
      if (error instanceof UnfitMetadata) refuse({ kind: 'metadata_unfit', id, problems: error.problems });
      if (!(error instanceof MissingPayloadKey || error instanceof BrokenSeal)) throw error;
      this.#deps.logger.error({ conversation: id, err: error }, 'The secret metadata of a conversation cannot be read');
      refuse({ kind: 'metadata_unreadable', id, why: error.message });
    }
  }

  #begin(attempt: Attempt, turn: NextTurn, search: Search): Promise<AcceptedTurn> {
    const { live, bound } = beginTurn(this.#deps, attempt, turn);
    const answer = bound.then((outcome) => (outcome === 'displaced' ? this.#search(attempt, search) : outcome));
    this.#repeats.opened(live, { digest: attempt.digest, answer });
    return answer;
  }

  /** Interrupts a turn of the conversation that another process speaks for, and learns what was said of it. */
  async #interruptElsewhere(
    { conversationId, patience }: Attempt,
    { id, number }: FoundConversation['openElsewhere'][number],
  ): Promise<void> {
    const { conversations, turnRecords } = this.#deps;
    const learn = conversations.cutElsewhere(conversationId, { id, number });
    // A turn that has ended cannot be interrupted. Any other reason is in the log.
    const sent = this.#interrupt(id).catch(() => undefined);
    // Where the other process does not answer in time, the new turn is begun all the same.
    await patience.waitFor(sent, Math.min(patience.leftMs / 2, BEGIN_MS));
    const reading = turnRecords.read(id).catch(() => undefined); // it then begins without its memory
    const read = await patience.waitFor(reading, patience.leftMs / 2);
    learn(read);
  }

  async #interrupt(turnId: string): Promise<void> {
    const { commands, turnRecords } = this.#deps;
    const asked = { id: randomUUID() };
    if ((await commands.interrupt(turnId, asked)) === 'elsewhere') await turnRecords.interrupts.send(turnId, asked);
  }
}
