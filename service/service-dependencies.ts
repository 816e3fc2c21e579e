import type { Logger } from 'pino';
import type { Agent } from '../agent/agent.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { HomeCommands } from '../live/turns/home-commands.ts';
import type { LiveTurns } from '../live/turns/live-turns.ts';
import type { TurnRecords } from '../record/turn-records.ts';
import type { TurnStream } from '../stream/turn-stream.ts';
import type { EventLoop } from '../time/request-patience.ts';

/** What the service works with; the composition root fills it. */
export interface ServiceDependencies {
  readonly agent: Pick<Agent, 'name' | 'terms'>;
  /** This process's own task queue. */
  readonly home: string;
  /** The turns of this process: those that are posted here are opened in it. */
  readonly turns: LiveTurns;
  /** Reaches the homes of open turns. */
  readonly commands: HomeCommands;
  readonly stream: TurnStream;
  readonly conversations: Conversations;
  readonly turnRecords: TurnRecords;
  readonly logger: Logger;
  readonly maxOpenTurns: number;
  /** Knows when the event loop of this process was held, and by what. */
  readonly loop?: EventLoop;
}
