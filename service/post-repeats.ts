import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { AcceptedTurn } from '../contract/http.ts';
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
  readonly answer: Answer;
}

/** A post that has not been answered yet, and the clients that wait for its answer. */
interface Pending extends Answered {
  readonly signals: AbortSignal[];
}

export interface RepeatsDependencies {
  readonly turns: Pick<LiveTurns, 'get'>;
  readonly turnRecords: Pick<TurnRecords, 'posted'>;
}

/**
 * Repeats of posts: the same key in the same conversation, and so the same id of its turn. It depends on that turn what a repeat gets:
 *
 * | the turn                                        | the repeat                                               |
 * | ----------------------------------------------- | -------------------------------------------------------- |
 * | is being posted in this process                 | waits for the answer of that post                        |
 * | was posted and is open in this process          | gets the answer of that post                             |
 * | is in another process, was taken over, or ended | gets the turn from the record, once a home has begun it  |
 * | was abandoned before it began                   | gets nothing: the post is tried under the key's next id  |
 *
 * Each of them is refused if its body is not that of the first post. None interrupts anything.
 */
export class PostRepeats {
  readonly #deps: RepeatsDependencies;
  readonly #open = new WeakMap<LiveTurn, Answered>();
  readonly #pending = new Map<string, Pending>();
  /** Ids of turns that have ended here, or that another process has taken. */
  readonly #gone = new LRUCache<string, true>({ max: 10_000 });

  constructor(deps: RepeatsDependencies) {
    this.#deps = deps;
  }

  /** The answer to a repeat, of whose first post this process knows. Undefined where it knows of none. */
  find(attempt: Attempt): Answer | undefined {
    const { id, key, signal } = attempt;
    const open = this.findOpen(attempt);
    if (open) return open;
    const pending = this.#pending.get(id);
    if (pending) {
      pending.signals.push(signal);
      return sameAnswer(pending, attempt);
    }
    return key !== undefined && this.#gone.has(id) ? this.askRecord(attempt) : undefined;
  }

  /** The same, of a turn that is open here. */
  findOpen(attempt: Attempt): Answer | undefined {
    const live = this.#deps.turns.get(attempt.id);
    if (!live) return undefined;
    const answered = this.#open.get(live);
    return answered ? sameAnswer(answered, attempt) : this.askRecord(attempt);
  }

  /** Answers a first post; repeats wait with it. `isWanted`: false once all clients that wait have left. */
  async answer({ id, digest, signal }: Attempt, search: (isWanted: () => boolean) => Answer): Answer {
    const signals = [signal];
    const answer = search(() => signals.some((waiting) => !waiting.aborted));
    this.#pending.set(id, { digest, answer, signals });
    try {
      return await answer;
    } finally {
      this.#pending.delete(id);
    }
  }

  /** A turn was opened for a post, which gets this answer. */
  opened(live: LiveTurn, answered: Answered): void {
    this.#open.set(live, answered);
    void Promise.race([live.closed, live.replaced]).then(() => this.#gone.set(live.id, true));
  }

  /** The turn of the first post, by its record: waits until a home has begun it, for as long as the post has patience. */
  async askRecord(attempt: Attempt): Answer {
    const { id: turnId, patience } = attempt;
    for (;;) {
      const posted = await this.#deps.turnRecords.posted(attempt);
      if (posted === 'another_post') refuse({ kind: 'key_reused', turnId });
      if (posted === 'abandoned') {
        this.#gone.set(turnId, true);
        return undefined;
      }
      if (posted !== 'not_begun') return posted;
      if (patience.leftMs <= RETRY_MS) refuse({ kind: 'turn_not_begun', turnId });
      await delay(RETRY_MS);
    }
  }
}

async function sameAnswer({ digest, answer }: Answered, attempt: Attempt): Answer {
  if (digest !== attempt.digest) refuse({ kind: 'key_reused', turnId: attempt.id });
  return answer;
}
