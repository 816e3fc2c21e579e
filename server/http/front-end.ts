import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Agent } from '../../agent/agent.ts';
import type { LiveTurns } from '../../live/turns/live-turns.ts';
import type { TurnStream } from '../../stream/turn-stream.ts';
import type { Metrics } from './metrics.ts';
import type { Pace } from './paced-writer.ts';

export interface EventLoop {
  /** The last time that it was held, if that ended no longer ago than this. */
  readonly heldWithin: (ms: number) => { readonly ms: number; readonly message: string } | undefined;
}

/** What the front end works with; the composition root fills it. */
export interface FrontEndDependencies {
  /** On the connection that this process's worker uses too: eager start needs that. */
  readonly client: Client;
  readonly agent: Pick<Agent, 'name' | 'terms'>;
  /** This process's own task queue. */
  readonly home: string;
  readonly turns: LiveTurns;
  readonly stream: TurnStream;
  readonly logger: Logger;
  readonly isWorkerRunning: () => boolean;
  readonly apiKeys: readonly string[];
  readonly maxOpenTurns: number;
  /** How many conversations are kept in memory, so that their next turn need not ask Temporal. Default 1,000. */
  readonly maxKnownConversations?: number;
  /** Base of Temporal UI, where one is known. */
  readonly temporalUiUrl?: string;
  readonly metrics: Metrics;
  /** Hears of workflows whose next task this process's worker is to do. */
  readonly tasks?: { readonly expect: (workflowId: string) => void };
  /** Knows when the event loop of this process was held, and by what. */
  readonly loop?: EventLoop;
  readonly pace?: Partial<Pace>;
}
