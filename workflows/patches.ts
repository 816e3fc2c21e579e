import { patched } from '@temporalio/workflow';

/** A change of what workflows command: histories from before it replay by the old branch, newer ones by the new branch. */
export interface Patch {
  /** What the new branch does. */
  readonly change: string;
  /** The first release that replays histories with this patch. */
  readonly since: string;
  /**
   * Whether new histories get it. A patch begins with false and is set to true one release later: then the processes
   * that run beside this release during an update, and the release before after a rollback, can replay what it writes.
   * A process that does not know a patch fails each task of such a history, and holds it for 10 s.
   */
  readonly isWritten: boolean;
  /** The release that may remove it, with its old branch. */
  readonly removableIn: string;
}

/** All patches of our workflow code. None is removed before the next major version: histories of a major version always replay. */
const table = {
  'handlers-before-end': {
    change: 'A turn answers the updates that it has accepted before it ends.',
    since: '0.1.0',
    isWritten: true,
    removableIn: '1.0.0',
  },
  'expired-fails': {
    change: 'A turn that ran out of time ends as a failed workflow.',
    since: '0.1.0',
    isWritten: true,
    removableIn: '1.0.0',
  },
  reset: {
    change: 'Marks the place in the history of a reset run up to which only what the earlier run did may be done.',
    since: '0.1.0',
    isWritten: true,
    removableIn: '1.0.0',
  },
  'told-before-close': {
    change: 'A conversation that is told something in the task that ends its day stays open for another one.',
    since: '0.1.0',
    isWritten: true,
    removableIn: '1.0.0',
  },
  'posted-turns': {
    change: 'A turn that was not posted fails at once; before, the first process that took it gave it number and home.',
    since: '0.1.0',
    isWritten: true,
    removableIn: '1.0.0',
  },
  'late-account': {
    change: 'A step that a replaced home ended by an interrupt of its own is done again by the new home.',
    since: '0.1.0',
    isWritten: true,
    removableIn: '1.0.0',
  },
} as const satisfies Record<string, Patch>;

export type PatchId = keyof typeof table;

export const patches: Readonly<Record<PatchId, Patch>> = table;

/** Whether this run takes the new branch. The answer stays the same for the run once it was true, or once it was decided live. */
export function isPatched(id: PatchId): boolean {
  return patched(id);
}

/** For a worker: whether a run that meets a patch for the first time takes the new branch and writes that down. */
export function isWritten(id: string): boolean {
  return !Object.hasOwn(patches, id) || patches[id as PatchId].isWritten;
}
