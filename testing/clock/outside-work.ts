import { setTimeout as delay } from 'node:timers/promises';
import { aborted } from '../../time/clock.ts';

/** What is still busy after this is taken for something that never ends, in ms of real time. */
const PATIENCE_MS = 10_000;
/**
 * The same where this process waits for no socket, file, child or timer. It is not shorter, as work on Node's threads, such as
 * scrypt, shows nowhere.
 */
const IDLE_PATIENCE_MS = 250;
const LOOK_EVERY_MS = 1;
/** Counted between two looks. */
const MOST_WAITED_MS = 20;

/**
 * What runs in real time beside a test's clock: tools, and a model or a voice that is not scripted. The clock stands still
 * while it is under way, so that no timeout depends on how busy the machine is. Work that seems to hang does not hold the
 * clock for ever.
 */
export class OutsideWork {
  readonly #running = new Map<symbol, string>();
  readonly #before = countResources();
  #onClock = 0;
  #changes = 0;
  /** The change after which waiting was given up. */
  #givenUpAt: number | undefined;

  /** What is under way, by name. */
  get running(): readonly string[] {
    return [...this.#running.values()];
  }

  async follow<T>(what: string, run: () => T | PromiseLike<T>): Promise<T> {
    const id = Symbol(what);
    this.#running.set(id, what);
    try {
      return await run();
    } finally {
      this.#running.delete(id);
      this.#changes += 1;
    }
  }

  /** Follows a stream from piece to piece. An aborted signal ends it, even where the stream does not look at it. */
  async *followEach<T>(what: string, stream: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void> {
    const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<T, undefined>;
    const stopped = aborted(signal).then((): never => {
      throw signal.reason;
    });
    stopped.catch(() => undefined); // a reader that waits for a piece gets it
    try {
      for (;;) {
        const { done, value } = await this.follow(what, () => Promise.race([pieces.next(), stopped]));
        if (done === true) return;
        yield value;
      }
    } finally {
      void pieces.return?.();
    }
  }

  /** Of work that is followed: meanwhile it waits for the clock. */
  async waitForClock<T>(promise: Promise<T>): Promise<T> {
    this.#onClock += 1;
    try {
      return await promise;
    } finally {
      this.#onClock -= 1;
      this.#changes += 1;
    }
  }

  /** Waits while something is under way. False where nothing is, or where it seems to hang: then time may go on. */
  async hasMoved(): Promise<boolean> {
    const changes = this.#changes;
    if (this.#givenUpAt === changes) return false;
    let waitedMs = 0;
    for (let lookedMs = performance.now(); this.#running.size > this.#onClock;) {
      await delay(LOOK_EVERY_MS);
      if (this.#changes !== changes) return true;
      // A process that stood still has not waited: what was due meanwhile may only run now.
      waitedMs += Math.min(performance.now() - lookedMs, MOST_WAITED_MS);
      lookedMs = performance.now();
      const patienceMs = this.#hasResources() ? PATIENCE_MS : IDLE_PATIENCE_MS;
      if (waitedMs < patienceMs) continue;
      this.#givenUpAt = changes;
      return false;
    }
    return false;
  }

  /** Whether this process waits for more than it did when the test began. */
  #hasResources(): boolean {
    return [...countResources()].some(([type, count]) => count > (this.#before.get(type) ?? 0));
  }
}

function countResources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}
