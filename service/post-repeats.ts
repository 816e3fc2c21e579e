import { setTimeout as delay } from 'node:timers/promises';
import type { AcceptedTurn } from '../contract/http.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { PostedAs } from '../conversations/known-conversations.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import type { LiveTurns } from '../live/turns/live-turns.ts';
import type { TurnRecords } from '../record/turn-records.ts';
import { refuse } from './refusal.ts';
import type { Attempt } from './turn-post.ts';

const RETRY_MS = 100;

/** Undefined where the turn was abandoned. */
type Answer = Promise<AcceptedTurn | undefined>;

interface Answered {
  readonly digest: string;
  readonly answer: Promise<AcceptedTurn>;
}

/** A post that has not been answered yet, and the clients that wait for its answer. */
interface Pending extends Answered {
  readonly signals: AbortSignal[];
}

export interface RepeatsDependencies {
  readonly turns: Pick<LiveTurns, 'get'>;
  readonly turnRecords: Pick<TurnRecords, 'posted'>;
  readonly conversations: Pick<Conversations, 'postedAs' | 'unpost'>;
}

/**
 * Repeats of posts: the same key in the same conversation. It depends on the turn of the first post what a repeat gets:
 *
 * | the turn                                        | the repeat                                               |
 * | ----------------------------------------------- | -------------------------------------------------------- |
 * | is being posted in this process                 | waits for the answer of that post                        |
 * | was posted and is open in this process          | gets the answer of that post                             |
 * | is in another process, was taken over, or ended | gets the turn from the record, once a home has begun it  |
 * | was abandoned before it began                   | is a first post: it gets a turn of its own               |
 *
 * Each of them is refused if its body is not that of the first post. None interrupts anything.
 */
export class PostRepeats {
  readonly #deps: RepeatsDependencies;
  readonly #open = new WeakMap<LiveTurn, Answered>();
  /** By the key's digest. */
  readonly #pending = new Map<string, Pending>();

  constructor(deps: RepeatsDependencies) {
    this.#deps = deps;
  }

  /** The answer to a repeat, of whose first post this process knows. Undefined where it knows of none. */
  find(attempt: Attempt): Answer | undefined {
    const { key, signal } = attempt;
    const pending = key === undefined ? undefined : this.#pending.get(key);
    if (!pending) return this.findPosted(attempt);
    pending.signals.push(signal);
    return sameAnswer(pending, attempt);
  }

  /** The same, of a post that has its turn. */
  findPosted(attempt: Attempt): Answer | undefined {
    const { conversationId, key } = attempt;
    const posted = key === undefined ? undefined : this.#deps.conversations.postedAs(conversationId, key);
    if (!posted) return undefined;
    const live = this.#deps.turns.get(posted.id);
    const answered = live && this.#open.get(live);
    return answered ? sameAnswer(answered, attempt) : this.#askRecord(posted, attempt);
  }

  /** Answers a first post; repeats wait with it. `isWanted`: false once all clients that wait have left. */
  async answer(
    { key, digest, signal }: Attempt,
    search: (isWanted: () => boolean) => Promise<AcceptedTurn>,
  ): Promise<AcceptedTurn> {
    const signals = [signal];
    const answer = search(() => signals.some((waiting) => !waiting.aborted));
    if (key === undefined) return answer;
    this.#pending.set(key, { digest, answer, signals });
    try {
      return await answer;
    } finally {
      this.#pending.delete(key);
    }
  }

  /** A turn was opened for a post, which gets this answer. */
  opened(live: LiveTurn, answered: Answered): void {
    this.#open.set(live, answered);
  }

  /** The turn of the first post, by its record: waits until a home has begun it, for as long as the post has patience. */
  async #askRecord(posted: PostedAs, attempt: Attempt): Answer {
    const { id: turnId, number } = posted;
    const { conversationId, key, digest, patience } = attempt;
    if (posted.body !== digest) refuse({ kind: 'key_reused', turnId });
    for (;;) {
      const found = await this.#deps.turnRecords.posted({ id: turnId, digest });
      if (found === 'another_post') refuse({ kind: 'key_reused', turnId });
      // The conversation keeps it for longer than Temporal.
      if (found === 'deleted') return { id: turnId, conversationId, number };
      if (found === 'abandoned') {
        if (key !== undefined) this.#deps.conversations.unpost(conversationId, key);
        return undefined;
      }
      if (found !== 'not_begun') return found;
      if (patience.leftMs <= RETRY_MS) refuse({ kind: 'turn_not_begun', turnId });
      await delay(RETRY_MS);
    }
  }
}

async function sameAnswer({ digest, answer }: Answered, attempt: Attempt): Answer {
  if (digest !== attempt.digest) refuse({ kind: 'key_reused', turnId: (await answer).id });
  return answer;
}
