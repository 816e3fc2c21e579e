import type { Agent } from '../agent/agent.ts';
import type { TurnRecord } from '../contract/turn-record.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { StepDependencies } from '../live/turns/home-steps.ts';
import type { Leases } from '../live/turns/leases.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import type { LiveTurns } from '../live/turns/live-turns.ts';
import type { TurnService } from '../service/turn-service.ts';
import type { TurnStream } from '../stream/turn-stream.ts';

/** The conversation of a turn, as activities need it. */
export type ConversationPort = Pick<Conversations, 'taken' | 'ended' | 'settingOf' | 'isFollowed'>;

export type PostService = Pick<TurnService, 'admission' | 'createConversation' | 'post' | 'ended' | 'interrupt'>;

export interface ActivityDependencies {
  readonly agent: Pick<Agent, 'name'>;
  /** What the steps of a turn that is open here are done with. */
  readonly stepsFor: (turn: LiveTurn) => StepDependencies;
  /** This process's own task queue. */
  readonly home: string;
  readonly stream: TurnStream;
  readonly turns: LiveTurns;
  readonly leases: Pick<Leases, 'take'>;
  readonly conversations: ConversationPort;
  /** Posts turns, as a front end does. */
  readonly service: PostService;
  /** A turn's record, from its workflow: for a process that does not have it in memory. */
  readonly readTurn: (turnId: string) => Promise<TurnRecord>;
  /** Whether a turn had ended before a reset made another run of it. */
  readonly hadEnded: (turnId: string, conversationId: string) => Promise<boolean>;
}
