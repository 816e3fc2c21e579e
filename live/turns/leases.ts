/** How long a lease lasts, and how often it is renewed. */
export const LEASE_MS = 2_000;
export const RENEW_MS = 500;

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
  /** Called whenever this process finds that it does not hold its lease any more: within 500 ms, or on waking after a stall. */
  onLost(listener: () => void): void;
}

/** Of a process that has nobody to ask. */
export class NoLeases implements Leases {
  readonly isHeld = 'unknown';

  isFresh(): Promise<'unknown'> {
    return Promise.resolve('unknown');
  }

  onLost(): void {
    // It never holds one.
  }
}
