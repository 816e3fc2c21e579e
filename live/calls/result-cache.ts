import { LRUCache } from 'lru-cache';
import type { Metadata } from '../../contract/metadata.ts';
import type { Json } from '../../contract/items.ts';
import { type Clock, processClock } from '../../time/clock.ts';
import type { Attempt } from './tool-run.ts';
import { contentOf } from './same-content.ts';

/** Results of reads that may be given again, in characters of JSON in all; beyond it the one not asked for longest goes. */
const LIMIT_CHARS = 16 * 1024 * 1024;

export interface CacheKey {
  readonly agent: string;
  readonly tool: string;
  readonly arguments: Json;
  /** What the tool sees of its conversation: another caller's result is not given. */
  readonly metadata: Metadata;
}

/** What reads gave for the same arguments of the same agent, for as long as their definition allows. Of this process alone. */
export class ResultCache {
  readonly #results: LRUCache<string, Attempt>;

  constructor(clock: Pick<Clock, 'nowMs'> = processClock) {
    this.#results = new LRUCache({
      maxSize: LIMIT_CHARS,
      sizeCalculation: (attempt) => JSON.stringify(attempt).length,
      perf: { now: clock.nowMs },
      // By the clock itself: the cache's own memory of the time lasts as long as a real timer.
      ttlResolution: 0,
    });
  }

  get(key: CacheKey): Attempt | undefined {
    return this.#results.get(toText(key));
  }

  /** Failures are not kept. */
  keep(key: CacheKey, attempt: Attempt, cacheMs: number): void {
    if (attempt.ok && cacheMs > 0) this.#results.set(toText(key), attempt, { ttl: cacheMs });
  }
}

function toText({ agent, tool, arguments: args, metadata }: CacheKey): string {
  return contentOf([agent, tool, args, metadata]);
}
