/** How long a lease lasts, and how often it is renewed. */
export const LEASE_MS = 2_000;
export const RENEW_MS = 500;

export interface Taking {
  /** The lost home, and whether it has said itself that it is none any more. */
  readonly lost: string;
  readonly isGivenUp: boolean;
  /** Of the new home. */
  readonly epoch: number;
}

/** Of a process with a turn of which it was the home. `unknown`: nobody says so, or it is being decided. */
export type Standing = 'ours' | 'replaced' | 'unknown';

/**
 * Each process holds a lease under the name of its own queue, which is what turns call their home. It says that the process was alive
 * and in touch with the others 2 s ago.
 */
export interface Leases {
  /**
   * Whether this process holds its own, by its own clock: true until 2 s after it last asked for a renewal that was granted.
   * `unknown`: nobody can be asked for it.
   */
  readonly isHeld: boolean | 'unknown';
  /** Whether that process holds its own. `unknown`: nobody can be asked, or who is asked was emptied just now. */
  isFresh(home: string): Promise<boolean | 'unknown'>;
  /**
   * This process takes a turn over from a lost home. `refused`: that one holds its lease, so that the turn stays there. From then on
   * the lost home is told that it was replaced. `unknown`: nobody can be asked.
   */
  take(turnId: string, taking: Taking): Promise<'taken' | 'refused' | 'unknown'>;
  /** Whether a home of a newer epoch has taken the turn. `unknown`: nobody can be asked, or knows the turn. */
  standing(turnId: string, epoch: number): Promise<Standing>;
  /** Called whenever this process finds that it does not hold its lease any more: within 500 ms, or on waking after a stall. */
  onLost(listener: () => void): void;
}

/** Of a process that has nobody to ask. */
export class NoLeases implements Leases {
  readonly isHeld = 'unknown';

  isFresh(): Promise<'unknown'> {
    return Promise.resolve('unknown');
  }

  take(): Promise<'unknown'> {
    return Promise.resolve('unknown');
  }

  standing(): Promise<'unknown'> {
    return Promise.resolve('unknown');
  }

  onLost(): void {
    // It never holds one.
  }
}
