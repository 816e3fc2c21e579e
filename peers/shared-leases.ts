import { type Leases, LEASE_MS, RENEW_MS, type Standing, type Taking } from '../live/turns/leases.ts';
import { type Clock, processClock } from '../time/clock.ts';
import type { Keys } from './keys.ts';
import { type RedisLink, Script } from './redis/redis-link.ts';

/** KEYS: lease, since when this Redis remembers. */
const RENEW = new Script(`
local time = redis.call('TIME')
redis.call('SET', KEYS[2], time[1] * 1000 + math.floor(time[2] / 1000), 'NX')
return redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[1])
`);
/** A Redis that does not remember for so long as a lease lasts does not know who is lost. */
const LOOK = new Script(`
if redis.call('EXISTS', KEYS[1]) == 1 then return 'fresh' end
local time, born = redis.call('TIME'), redis.call('GET', KEYS[2])
if not born or time[1] * 1000 + time[2] / 1000 - tonumber(born) < ARGV[1] + ARGV[2] then return 'unknown' end
return 'lost'
`);

/** KEYS: lease of the lost home, turn. In one step, so that a lost home that wakes is before it or after it. */
const TAKE = new Script(`
if ARGV[2] ~= 'given_up' and redis.call('EXISTS', KEYS[1]) == 1 then return 'refused' end
local known = redis.call('HMGET', KEYS[2], 'epoch', 'claim')
if not known[1] then return 'unknown' end
if tonumber(known[2] or known[1]) < tonumber(ARGV[1]) then redis.call('HSET', KEYS[2], 'claim', ARGV[1]) end
return 'taken'
`);
/** KEYS: turn, own lease. The lease is renewed in the same step. */
const STANDING = new Script(`
local known = redis.call('HMGET', KEYS[1], 'epoch', 'claim')
if not known[1] then return 'unknown' end
if tonumber(known[2] or known[1]) > tonumber(ARGV[1]) or tonumber(known[1]) > tonumber(ARGV[1]) then return 'replaced' end
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[2])
return 'ours'
`);

export interface SharedLeasesSetting {
  readonly link: RedisLink;
  readonly keys: Keys;
  /** The name of this process. */
  readonly home: string;
  /** For who looks into Redis: what runs there. */
  readonly holder: { readonly agent: string; readonly version: string };
  readonly clock?: Clock;
}

/** Leases in Redis. A process holds its own for as long as it lives, with turns and without: one that begins is covered at once. */
export class SharedLeases implements Leases, Disposable {
  readonly #setting: SharedLeasesSetting;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #heldUntilMs = 0;
  #wasHeld = false;
  #stopTimer: () => void = () => undefined;

  constructor(setting: SharedLeasesSetting) {
    this.#setting = setting;
    this.#clock = setting.clock ?? processClock;
    setting.link.onUp(() => void this.#renew());
    this.#renewLater();
  }

  get isHeld(): boolean | 'unknown' {
    if (this.#clock.nowMs() < this.#heldUntilMs) return true;
    return this.#setting.link.isUp ? false : 'unknown';
  }

  async isFresh(home: string): Promise<boolean | 'unknown'> {
    const { link, keys } = this.#setting;
    const values = [LEASE_MS, RENEW_MS].map(String);
    const looked = await link
      .run<string>(LOOK, { keys: [keys.lease(home), keys.born], values })
      .catch(() => 'unknown' as const);
    return looked === 'unknown' ? looked : looked === 'fresh';
  }

  async take(turnId: string, { lost, isGivenUp, epoch }: Taking): ReturnType<Leases['take']> {
    const { link, keys } = this.#setting;
    const call = { keys: [keys.lease(lost), keys.turn(turnId)], values: [String(epoch), isGivenUp ? 'given_up' : ''] };
    return link.run<'taken' | 'refused' | 'unknown'>(TAKE, call).catch(() => 'unknown');
  }

  async standing(turnId: string, epoch: number): Promise<Standing> {
    const { link, keys, home, holder } = this.#setting;
    const values = [String(epoch), String(LEASE_MS), JSON.stringify(holder)];
    return link.run<Standing>(STANDING, { keys: [keys.turn(turnId), keys.lease(home)], values }).catch(() => 'unknown');
  }

  onLost(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** The lease is given back: this process is home to nothing any more. */
  [Symbol.dispose](): void {
    this.#stopTimer();
    const { link, keys, home } = this.#setting;
    link.ask(['DEL', keys.lease(home)]).catch(() => undefined); // it expires by itself
  }

  #renewLater(): void {
    this.#stopTimer = this.#clock.after(RENEW_MS, () => {
      this.#lookAtOwn();
      void this.#renew();
      this.#renewLater();
    });
  }

  #lookAtOwn(): void {
    if (!this.#wasHeld || this.#clock.nowMs() < this.#heldUntilMs) return;
    this.#wasHeld = false;
    for (const listener of this.#listeners) listener();
  }

  async #renew(): Promise<void> {
    const { link, keys, home, holder } = this.#setting;
    if (!link.isUp) return;
    const askedMs = this.#clock.nowMs();
    const values = [String(LEASE_MS), JSON.stringify(holder)];
    try {
      await link.run(RENEW, { keys: [keys.lease(home), keys.born], values });
    } catch {
      return; // It is asked for again, and found to be lost in time.
    }
    // Asked before a stall and granted after it: by then it may be lost, which is told first.
    this.#lookAtOwn();
    this.#heldUntilMs = Math.max(this.#heldUntilMs, askedMs + LEASE_MS);
    this.#wasHeld = this.#clock.nowMs() < this.#heldUntilMs;
  }
}
