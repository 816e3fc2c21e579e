import { setTimeout as delay } from 'node:timers/promises';
import type { DoneFault } from '../observation.ts';
import type { Fault } from './fault-plan.ts';
import type { Place } from './place.ts';
import type { RestartableRedis } from './restartable-redis.ts';

export interface Victims {
  readonly places: readonly Place[];
  readonly redis: RestartableRedis;
}

/** Does what a plan says, fault by fault; of those that would leave no process up, nothing. */
export class Monkey {
  readonly #victims: Victims;
  readonly #log: (line: string) => void;
  /** What goes on after its fault has begun: restarts, stops, pauses. */
  readonly #going = new Set<Promise<void>>();
  readonly done: DoneFault[] = [];
  skipped = 0;

  constructor(victims: Victims, log: (line: string) => void) {
    this.#victims = victims;
    this.#log = log;
  }

  /** Resolves when all that was broken goes again. */
  async play(plan: readonly Fault[]): Promise<void> {
    const startedMs = performance.now();
    for (const fault of plan) {
      await delay(Math.max(0, startedMs + fault.atMs - performance.now()));
      const place = this.#victims.places[fault.place];
      if (place) this.#begin(fault, place);
    }
    await Promise.all(this.#going);
    await this.#victims.redis.heal();
    await Promise.all(this.#victims.places.map((place) => place.heal()));
  }

  #begin(fault: Fault, place: Place): void {
    const at = fault.kind.endsWith('Redis') && !/^(cut|pause)/.test(fault.kind) ? 'redis' : place.name;
    const going = this.#do(fault, place);
    if (!going) {
      this.skipped += 1;
      return this.#log(`skipped: ${fault.kind} ${at}`);
    }
    const { kind, lastsMs } = fault;
    this.done.push({ atMs: performance.now(), kind, at, lastsMs });
    this.#log(`${kind} ${at} for ${lastsMs} ms`);
    this.#going.add(going);
    void going.finally(() => this.#going.delete(going));
  }

  #do(fault: Fault, place: Place): Promise<void> | undefined {
    const { redis } = this.#victims;
    const { kind, lastsMs } = fault;
    switch (kind) {
      case 'kill':
      case 'stop':
      case 'terminate':
        return this.#isSpare(place) ? harm(fault, place) : undefined;
      case 'cut Temporal':
        return Promise.resolve(place.temporal.cut());
      case 'pause Temporal':
        return pause(place.temporal, lastsMs);
      case 'cut Redis':
        return Promise.resolve(place.redis.cut());
      case 'pause Redis':
        return pause(place.redis, lastsMs);
      case 'kill Redis':
      case 'empty Redis':
        return redis.isRestarting ? undefined : harmRedis(fault, redis);
    }
  }

  /** Whether it is up, and another one too. */
  #isSpare(place: Place): boolean {
    return place.state === 'up' && this.#victims.places.some((other) => other !== place && other.state === 'up');
  }
}

function harm({ kind, lastsMs }: Fault, place: Place): Promise<void> | undefined {
  if (kind === 'kill') return replace(place.kill(), place, lastsMs);
  if (kind === 'stop') return stop(place, lastsMs);
  return place.isLeaving ? undefined : terminate(place);
}

function harmRedis({ kind, lastsMs }: Fault, redis: RestartableRedis): Promise<void> {
  return kind === 'kill Redis' ? redis.restart(() => delay(lastsMs)) : redis.empty();
}

async function replace(gone: Promise<void>, place: Place, lastsMs: number): Promise<void> {
  await gone;
  await delay(lastsMs);
  await place.start();
}

async function stop(place: Place, lastsMs: number): Promise<void> {
  place.stop();
  await delay(lastsMs);
  place.continue();
}

async function terminate(place: Place): Promise<void> {
  place.terminate();
  await place.start();
}

async function pause(link: Place['temporal'], lastsMs: number): Promise<void> {
  link.pause();
  await delay(lastsMs);
  link.resume();
}
