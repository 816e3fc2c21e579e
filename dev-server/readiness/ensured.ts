import type { Connection } from '@temporalio/client';

/** The services of a connection, of client or worker. */
export type TemporalServices = Pick<Connection, 'workflowService' | 'operatorService'>;

/** What a server had, what was created now, and what is missing because the server refused it. */
export interface Ensured {
  present: string[];
  created: string[];
  missing: string[];
  refusal?: string;
}

export const usablePollMs = 50;
export const usableWithinMs = 30_000;
