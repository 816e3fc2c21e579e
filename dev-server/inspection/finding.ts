/** A line of `legato doctor`. */
export interface Finding {
  /** `missing`: without it turns cannot run. `none`: it is not there, and not needed. */
  readonly status: 'ok' | 'missing' | 'none';
  /** Of what, e.g. `Temporal server`. */
  readonly part: string;
  /** What was found, and where something is missing what to do. */
  readonly found: string;
  /** Further lines. */
  readonly details?: readonly string[];
}
