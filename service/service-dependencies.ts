import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Agent } from '../agent/agent.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { LiveTurns } from '../live/turns/live-turns.ts';
import type { TurnStream } from '../stream/turn-stream.ts';
import type { EventLoop } from '../time/request-patience.ts';

/** What the service works with; the composition root fills it. */
export interface ServiceDependencies {
  /** On the connection that this process's worker uses too: eager start needs that. */
  readonly client: Client;
  readonly agent: Pick<Agent, 'name' | 'terms'>;
  /** This process's own task queue. */
  readonly home: string;
  readonly turns: LiveTurns;
  readonly stream: TurnStream;
  readonly conversations: Conversations;
  readonly logger: Logger;
  readonly maxOpenTurns: number;
  /** Base of Temporal UI, where one is known. */
  readonly temporalUiUrl?: string;
  /** Knows when the event loop of this process was held, and by what. */
  readonly loop?: EventLoop;
}
