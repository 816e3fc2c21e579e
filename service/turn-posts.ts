import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { packHistory } from '../contract/history.ts';
import type { AcceptedTurn, StartTurn } from '../contract/http.ts';
import type { OpenedStart } from '../contract/turn.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import type { Conversations, FoundConversation } from '../conversations/conversations.ts';
import { findPostedTurn } from './post-repeats.ts';
import { type OpenPlace, OpenPlaces } from './open-places.ts';
import { Patience, PATIENCE_MS, whyLate } from '../time/request-patience.ts';
import { refuse } from './refusal.ts';
import type { ServiceDependencies } from './service-dependencies.ts';
import { TemporalUnreachable } from '../record/temporal-fault.ts';
import { TurnIdTaken } from '../record/start-turn.ts';
import { digestOf, turnIdFor } from './turn-post.ts';

export interface TurnPost {
  readonly conversationId: string;
  readonly body: StartTurn;
  /** The Idempotency-Key. */
  readonly key: string | undefined;
  /** Aborted when the client has left. */
  readonly signal: AbortSignal;
}

/** A post under one of its key's ids. */
interface Attempt extends TurnPost {
  readonly id: string;
  readonly digest: string;
  readonly patience: Patience;
  readonly posted: Posted;
}

/** When a post came. */
interface Posted {
  /** On the clock of turns. */
  readonly startedMs: number;
  /** In ISO 8601. */
  readonly postedAt: string;
}

interface Begun {
  readonly digest: string;
  readonly accepted: Promise<AcceptedTurn | undefined>;
}

/** A post that has not been answered yet, and the clients that wait for its answer. */
interface Pending extends Begun {
  readonly signals: AbortSignal[];
}

/** What a post keeps of its time for its own turn, where another process is slow to cut the one before. */
const BEGIN_MS = 600;
/** How long the workflow of a refused turn is waited for, so that its id is free for a repeat. */
const SETTLE_MS = 10_000;

/**
 * Turns posts into turns. Owns the decision between 202 and 503.
 *
 * 1. A post is a barge-in on what is open in the conversation: that is cut before anything is awaited, and once more in the
 *    tick in which the new turn is opened, so that of two posts at once the later one speaks.
 * 2. A turn is either bound, and then accepted, or refused, and then nothing was done (I8).
 * 3. A repeat of a key finds the turn of the first post: in this process by its id, in any other because Temporal refuses the id.
 */
export class TurnPosts {
  readonly #deps: ServiceDependencies;
  readonly #conversations: Conversations;
  readonly #places: OpenPlaces;
  readonly #begun = new WeakMap<LiveTurn, Begun>();
  readonly #pending = new Map<string, Pending>();
  /** Ids of turns that have ended here: a repeat of their key cuts nothing. */
  readonly #ended = new LRUCache<string, true>({ max: 10_000 });

  constructor(deps: ServiceDependencies) {
    this.#deps = deps;
    this.#conversations = deps.conversations;
    this.#places = new OpenPlaces(deps.turns, deps.maxOpenTurns);
  }

  async post(post: TurnPost): Promise<AcceptedTurn> {
    using patience = new Patience(PATIENCE_MS);
    const posted = { startedMs: this.#deps.turns.clock.nowMs(), postedAt: new Date().toISOString() };
    const digest = digestOf(post.body);
    for (let count = 1; patience.leftMs > 0; count += 1) {
      const id = turnIdFor(post.conversationId, post.key, count);
      const accepted = await this.#try({ ...post, id, digest, patience, posted });
      if (accepted) return accepted;
    }
    throw new TemporalUnreachable();
  }

  /** Undefined where the id belongs to a turn that was abandoned: the key's next id is to be tried. */
  async #try(attempt: Attempt): Promise<AcceptedTurn | undefined> {
    const { id, digest, conversationId, key, signal } = attempt;
    const { turns } = this.#deps;
    const same = turns.get(id);
    if (same) return this.#join(attempt, same);
    const pending = this.#pending.get(id);
    if (pending) {
      pending.signals.push(signal);
      return acceptedOf(pending, attempt);
    }
    if (key !== undefined && this.#ended.has(id)) return this.#repeat(attempt);
    using place = this.#places.take();
    // The caller speaks: nothing is awaited before it is silent.
    turns.interruptAll(conversationId);
    const signals = [signal];
    const isWanted = (): boolean => signals.some((waiting) => !waiting.aborted);
    const accepted = this.#search(attempt, { place, isWanted });
    this.#pending.set(id, { digest, accepted, signals });
    try {
      return await accepted;
    } finally {
      this.#pending.delete(id);
    }
  }

  async #search(attempt: Attempt, search: Search): Promise<AcceptedTurn | undefined> {
    const { id, conversationId, key, patience } = attempt;
    const found = await this.#find(conversationId);
    const meanwhile = this.#deps.turns.get(id);
    if (meanwhile) return this.#join(attempt, meanwhile);
    if (patience.leftMs === 0) throw new TemporalUnreachable();
    if (!search.isWanted()) refuse({ kind: 'post_given_up' });
    if (found.openElsewhere === undefined) {
      // Another post may have opened a turn in the ticks since the conversation was found.
      const opened = this.#begin(attempt, this.#conversations.nextNumber(conversationId) ?? found.nextNumber);
      search.place.giveBack(); // the turn is counted from now on
      return opened;
    }
    if (key !== undefined && (await this.#deps.turnRecords.state(id)) !== undefined) return this.#repeat(attempt);
    await this.#interruptElsewhere(attempt, found.openElsewhere);
    return this.#search(attempt, search);
  }

  async #find(id: string): Promise<FoundConversation> {
    const { name } = this.#deps.agent;
    const found = await this.#conversations.find(id);
    if (!found) refuse({ kind: 'unknown_conversation', id });
    if ('foreignAgent' in found) refuse({ kind: 'unknown_agent', agent: found.foreignAgent, served: name });
    return found;
  }

  /** A turn of the conversation that another process speaks for: it is cut there, and known here as it was cut. */
  async #interruptElsewhere(
    { conversationId, patience }: Attempt,
    { id, number }: NonNullable<FoundConversation['openElsewhere']>,
  ): Promise<void> {
    const { turnRecords } = this.#deps;
    const learn = this.#conversations.meetElsewhere(conversationId, { id, number });
    // A turn that has ended is not cut. Why another one is not, stands in the log.
    const sent = this.#cut(id).catch(() => undefined);
    // Where the other process does not answer in time, the new turn is begun all the same.
    await patience.waitFor(sent, Math.min(patience.leftMs / 2, BEGIN_MS));
    const reading = turnRecords.read(id).catch(() => undefined); // it then begins without its memory
    const read = await patience.waitFor(reading, patience.leftMs / 2);
    learn(read?.items);
  }

  async #cut(turnId: string): Promise<void> {
    const { commands, turnRecords } = this.#deps;
    const asked = { id: randomUUID() };
    if ((await commands.interrupt(turnId, asked)) === 'elsewhere') await turnRecords.interrupts.send(turnId, asked);
  }

  #join(attempt: Attempt, live: LiveTurn): Promise<AcceptedTurn | undefined> {
    const begun = this.#begun.get(live);
    return begun ? acceptedOf(begun, attempt) : this.#repeat(attempt);
  }

  #begin(attempt: Attempt, number: number): Promise<AcceptedTurn | undefined> {
    const { agent, home, turns } = this.#deps;
    const { id, conversationId, body, digest } = attempt;
    turns.interruptAll(conversationId);
    const before = this.#conversations.before(conversationId, number);
    const start: OpenedStart = {
      conversationId,
      agent: agent.name,
      input: body.input ? { type: 'text', text: body.input.text } : { type: 'greeting' },
      modality: body.modality,
      ...(body.playout === 'client' && { playout: body.playout }),
      ...(body.context !== undefined && { context: body.context }),
      number,
      home,
      terms: agent.terms,
      history: packHistory(before()),
    };
    // A key in a conversation that goes on since another process held it: that one may have its turn, which is not run twice.
    const mayBeRepeat = attempt.key !== undefined && number > 1 && !this.#conversations.wasBegunHere(conversationId);
    const live = turns.open({ id, start, before, startedMs: attempt.posted.startedMs });
    const accepted = this.#bind(attempt, live, mayBeRepeat);
    this.#begun.set(live, { digest, accepted });
    return accepted;
  }

  async #bind(attempt: Attempt, live: LiveTurn, mayBeRepeat: boolean): Promise<AcceptedTurn | undefined> {
    const { turnRecords, stream, logger } = this.#deps;
    const { patience, posted } = attempt;
    const patienceMs = Math.max(1, Math.round(patience.leftMs));
    const { postedAt } = posted;
    const starting = turnRecords.start({ ...attempt, start: live.start, postedAt, patienceMs });
    const failed = new Promise<unknown>((resolve) => {
      starting.then(() => {
        if (live.state === 'refused') return; // 503 was answered: readers get nothing, and no step runs
        stream.open(live.id, live.startedMs);
        live.acknowledge();
        if (mayBeRepeat) live.play();
      }, resolve);
    });
    if (!mayBeRepeat) live.play();
    const failure = await patience.waitFor(Promise.race([live.bound, failed]));
    if (failure instanceof TurnIdTaken) return this.#withdraw(attempt, live);
    // Home may have taken the first step meanwhile: a turn that is bound cannot be refused any more (I8).
    if (!live.refuse()) return this.#accept(live);
    const why = whyLate(this.#deps.loop) ?? 'Temporal did not take it in time';
    logger.warn({ turn: live.id, err: failure }, `A turn was refused: ${why}`);
    void this.#settle(live, starting);
    throw failure instanceof Error ? failure : new TemporalUnreachable();
  }

  #accept(live: LiveTurn): AcceptedTurn {
    const { id, start } = live;
    const { conversationId, number } = start;
    this.#conversations.bound(conversationId);
    void live.closed.then(() => this.#ended.set(id, true));
    return { id, conversationId, number };
  }

  /** The id was used before: what was opened here for it never was. */
  async #withdraw(attempt: Attempt, live: LiveTurn): Promise<AcceptedTurn | undefined> {
    if (live.refuse()) this.#deps.turns.forget(live.id);
    return this.#repeat(attempt);
  }

  async #repeat(attempt: Attempt): Promise<AcceptedTurn | undefined> {
    const found = await findPostedTurn(this.#deps.turnRecords, attempt);
    if (!found) this.#ended.set(attempt.id, true);
    return found;
  }

  /** A refused turn stays until its workflow is known to be over, so that home refuses its first step. */
  async #settle(live: LiveTurn, starting: Promise<void>): Promise<void> {
    const { turnRecords, turns } = this.#deps;
    await starting.catch(() => undefined); // The post was answered already.
    // However it ended, or if Temporal is still not there: home does not take a step of a turn that it does not know.
    await turnRecords.over(live.id, SETTLE_MS);
    turns.dropRefused(live);
  }
}

interface Search {
  readonly place: OpenPlace;
  /** False once all clients that wait for the answer have left. */
  readonly isWanted: () => boolean;
}

/** What came of another post of the same key. */
async function acceptedOf({ digest, accepted }: Begun, attempt: Attempt): Promise<AcceptedTurn | undefined> {
  if (digest !== attempt.digest) refuse({ kind: 'key_reused', turnId: attempt.id });
  return accepted;
}
