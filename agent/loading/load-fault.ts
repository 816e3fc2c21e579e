import type { Place } from './code-frame.ts';

/** What is wrong with a module that could not be imported, and where: completes "Cannot load agent module 'x': ". */
export interface LoadFault {
  /** One sentence with a way out. */
  readonly reason: string;
  readonly place?: Place;
  /** The author's frames of a stack, the innermost first. */
  readonly frames?: readonly string[];
}
