import type { Agent, TurnMetadata } from '../agent/agent.ts';
import type { TurnBegan, TurnEnded } from '../contract/conversation.ts';
import type { OpenedPart } from '../contract/steps.ts';
import type { OpenedStart, TurnTerms } from '../contract/turn.ts';
import type { TurnRecord } from '../contract/turn-record.ts';
import type { StepDependencies } from '../live/turns/home-steps.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import type { LiveTurns } from '../live/turns/live-turns.ts';
import type { TurnStream } from '../stream/turn-stream.ts';

/** What home needs of the conversation to play a turn. */
export interface TurnSetting {
  readonly metadata: TurnMetadata;
  readonly terms: TurnTerms;
}

/** The conversation of a turn, as activities need it. */
export interface ConversationPort {
  began: (conversationId: string, turn: TurnBegan) => Promise<void>;
  ended: (conversationId: string, turn: TurnEnded) => Promise<void>;
  /**
   * What a turn needs that was started without it. Interrupts what is open here; the history has what was heard of it. `unfit`: why
   * the conversation's metadata does not fit the agent.
   */
  prepare: (conversationId: string) => Promise<{ readonly opened: OpenedPart } | { readonly unfit: string }>;
  /** For a turn that is opened, here or elsewhere. Rejects where the process has no key for the conversation's secret fields. */
  settingOf: (start: OpenedStart) => Promise<TurnSetting>;
}

export interface ActivityDependencies {
  readonly agent: Pick<Agent, 'name'>;
  /** What the steps of a turn that is open here are done with. */
  readonly stepsFor: (turn: LiveTurn) => StepDependencies;
  /** This process's own task queue. */
  readonly home: string;
  readonly stream: TurnStream;
  readonly turns: LiveTurns;
  readonly conversations: ConversationPort;
  /** A turn's record, from its workflow: for a process that does not have it in memory. */
  readonly readTurn: (turnId: string) => Promise<TurnRecord>;
  /** Whether a turn had ended before a reset made another run of it. */
  readonly hadEnded: (turnId: string, conversationId: string) => Promise<boolean>;
}
