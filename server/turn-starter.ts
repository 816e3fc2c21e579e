import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { LRUCache } from 'lru-cache';
import { packHistory } from '../contract/history.ts';
import type { AcceptedTurn, StartTurn } from '../contract/http.ts';
import type { LiveTurn } from '../live/live-turn.ts';
import { askTemporal, PATIENCE_MS, whyLate } from './ask-temporal.ts';
import { findConversation } from './find-conversation.ts';
import type { FrontEndDependencies } from './front-end.ts';
import type { KnownConversations } from './known-conversations.ts';
import * as problems from './problems.ts';
import { readTurn } from './read-turn.ts';
import { interruptWorkflow } from './record-cut.ts';
import { requestTurn, type TurnMemo } from './request-turn.ts';
import { describeTurn, failureTypeOf } from './turn-runs.ts';
import { digestOf, turnIdFor } from './turn-ids.ts';

export interface TurnPost {
  readonly conversationId: string;
  readonly body: StartTurn;
  /** The Idempotency-Key. */
  readonly key: string | undefined;
}

/** A post under one of its key's ids. */
interface Attempt extends TurnPost {
  readonly id: string;
  readonly digest: string;
  /** On the clock of `performance.now()`. */
  readonly untilMs: number;
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

/** Steps that are kept for the log to claim, for each turn that may be open: beyond it the log lags too far to take more. */
const CLAIMS_PER_TURN = 8;
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
export class TurnStarter {
  readonly #deps: FrontEndDependencies;
  readonly #known: KnownConversations;
  readonly #begun = new WeakMap<LiveTurn, Begun>();
  /** Ids of turns that have ended here: a repeat of their key cuts nothing. */
  readonly #ended = new LRUCache<string, true>({ max: 10_000 });

  constructor(deps: FrontEndDependencies, known: KnownConversations) {
    this.#deps = deps;
    this.#known = known;
  }

  async post(post: TurnPost): Promise<AcceptedTurn> {
    const untilMs = performance.now() + PATIENCE_MS;
    const posted = { startedMs: this.#deps.turns.clock.nowMs(), postedAt: new Date().toISOString() };
    const digest = digestOf(post.body);
    for (let count = 1; performance.now() < untilMs; count += 1) {
      const id = turnIdFor(post.conversationId, post.key, count);
      const accepted = await this.#try({ ...post, id, digest, untilMs, posted });
      if (accepted) return accepted;
    }
    throw problems.temporalUnreachable();
  }

  /** Undefined where the id belongs to a turn that was abandoned: the key's next id is to be tried. */
  async #try(attempt: Attempt): Promise<AcceptedTurn | undefined> {
    const { turns, maxOpenTurns } = this.#deps;
    const { id, conversationId, key } = attempt;
    const same = turns.get(id);
    if (same) return this.#join(attempt, same);
    if (key !== undefined && this.#ended.has(id)) return this.#repeat(attempt);
    if (turns.size >= maxOpenTurns) throw problems.tooManyTurns(maxOpenTurns);
    const maxOpenClaims = CLAIMS_PER_TURN * maxOpenTurns;
    if (turns.openClaims >= maxOpenClaims) throw problems.tooManyClaims(maxOpenClaims);
    // The caller speaks: nothing is awaited before it is silent.
    turns.interruptAll(conversationId);
    const found = await findConversation({ deps: this.#deps, known: this.#known }, conversationId);
    const meanwhile = turns.get(id);
    if (meanwhile) return this.#join(attempt, meanwhile);
    if (found.openElsewhere === undefined) return this.#begin(attempt, found.nextNumber);
    if (key !== undefined && (await this.#exists(id))) return this.#repeat(attempt);
    await this.#interruptElsewhere(conversationId, { id: found.openElsewhere, number: found.nextNumber - 1 });
    return this.#try(attempt);
  }

  async #exists(id: string): Promise<boolean> {
    const { client } = this.#deps;
    return (await askTemporal(client, () => describeTurn(client, id))) !== undefined;
  }

  /** A turn of the conversation that another process speaks for: it is cut there, and known here as it was cut. */
  async #interruptElsewhere(conversationId: string, turn: { readonly id: string; readonly number: number }) {
    const { client, logger } = this.#deps;
    this.#known.began(conversationId, turn);
    try {
      await interruptWorkflow(client, turn.id, { id: randomUUID() });
    } catch (error) {
      logger.warn({ turn: turn.id, err: error }, 'A turn of another process could not be cut; it goes on');
    }
    const read = await readTurn({ client }, turn.id).catch(() => undefined); // it then begins without its memory
    this.#known.ended(conversationId, turn.id, read?.items);
  }

  async #join(attempt: Attempt, live: LiveTurn): Promise<AcceptedTurn | undefined> {
    const begun = this.#begun.get(live);
    if (!begun) return this.#repeat(attempt);
    if (begun.digest !== attempt.digest) throw problems.keyReused(attempt.id);
    return begun.accepted;
  }

  #begin(attempt: Attempt, number: number): Promise<AcceptedTurn | undefined> {
    const { agent, home, turns } = this.#deps;
    const { id, conversationId, body, digest } = attempt;
    turns.interruptAll(conversationId);
    const openItems = (turnId: string) => turns.get(turnId)?.ownItems;
    const before = () => this.#known.itemsBefore(conversationId, number, openItems);
    const input = {
      conversationId,
      agent: agent.name,
      ...(body.input && { text: body.input.text }),
      modality: body.modality,
      ...(body.playout === 'client' && { playout: body.playout }),
      ...(body.context !== undefined && { context: body.context }),
      number,
      home,
      terms: agent.terms,
      history: packHistory(before()),
    };
    // A key in a conversation that goes on since another process held it: that one may have its turn, which is not run twice.
    const mayBeRepeat = attempt.key !== undefined && number > 1 && this.#known.get(conversationId)?.begunHere !== true;
    this.#known.began(conversationId, { id, number });
    const live = turns.open({ id, input, before, startedMs: attempt.posted.startedMs });
    const accepted = this.#bind(attempt, live, mayBeRepeat);
    this.#begun.set(live, { digest, accepted });
    return accepted;
  }

  async #bind(attempt: Attempt, live: LiveTurn, mayBeRepeat: boolean): Promise<AcceptedTurn | undefined> {
    const { client, stream, logger } = this.#deps;
    const patienceMs = Math.max(1, Math.round(attempt.untilMs - performance.now()));
    const { postedAt } = attempt.posted;
    const start = requestTurn(client, { ...attempt, input: live.input, postedAt, patienceMs });
    const failed = new Promise<unknown>((resolve) => {
      start.then(() => {
        if (live.state === 'refused') return; // 503 was answered: nothing of it is seen or done
        stream.open(live.id, live.startedMs);
        live.acknowledge();
        if (mayBeRepeat) live.play();
      }, resolve);
    });
    if (!mayBeRepeat) live.play();
    const patience = new AbortController();
    const late = delay(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined);
    const failure = await Promise.race([live.bound, failed, late]);
    patience.abort();
    if (failure instanceof WorkflowExecutionAlreadyStartedError) return this.#withdraw(attempt, live);
    if (!live.refuse()) return this.#accept(live);
    this.#known.ended(attempt.conversationId, live.id);
    const why = whyLate(this.#deps.loop) ?? 'Temporal did not take it in time';
    logger.warn({ turn: live.id, err: failure }, `A turn was refused: ${why}`);
    void this.#settle(live, start);
    throw failure instanceof Error ? failure : problems.temporalUnreachable();
  }

  #accept(live: LiveTurn): AcceptedTurn {
    const { id, input } = live;
    const { conversationId, number } = input;
    this.#known.bound(conversationId);
    void live.closed.then((result) => {
      this.#known.ended(conversationId, id, result.items);
      this.#ended.set(id, true);
    });
    return { id, conversationId, number };
  }

  /** The id was used before: what was opened here for it never was. */
  async #withdraw(attempt: Attempt, live: LiveTurn): Promise<AcceptedTurn | undefined> {
    if (live.refuse()) this.#deps.turns.forget(live.id);
    this.#known.ended(attempt.conversationId, live.id);
    return this.#repeat(attempt);
  }

  async #repeat({ id, digest }: Attempt): Promise<AcceptedTurn | undefined> {
    const { client } = this.#deps;
    const description = await askTemporal(client, () => describeTurn(client, id));
    const memo = description?.memo as TurnMemo | undefined;
    if (!description || memo?.digest !== digest) throw problems.keyReused(id);
    if (description.status.name === 'FAILED') {
      const failure = await askTemporal(client, () => failureTypeOf(client, description));
      if (failure === 'Turn.Abandoned') {
        this.#ended.set(id, true);
        return undefined;
      }
    }
    return { id, conversationId: memo.conversationId, number: memo.number };
  }

  /** A refused turn stays until its workflow is known to be over, so that home turns its first step down. */
  async #settle(live: LiveTurn, start: Promise<void>): Promise<void> {
    const { client, turns } = this.#deps;
    const { id } = live;
    await start.catch(() => undefined); // The post was answered already.
    // However it ended, or if Temporal is still not there: home does not take a step of a turn that it does not know.
    await askTemporal(client, () => client.workflow.getHandle(id).result(), SETTLE_MS).catch(() => undefined);
    turns.end(live);
  }
}
