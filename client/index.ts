export { createLegatoClient } from './client.ts';
export type { LegatoClient, LegatoClientOptions, NewTurn, StartTurnOptions } from './client.ts';
export type { EventsOptions, FollowedEvent, FollowOptions } from './event-stream.ts';
export { LegatoError } from './legato-error.ts';
export type { CreatedToken, CreateToken, Scope } from '../contract/access.ts';
export type {
  AcceptedTurn,
  Conversation,
  CountedPlayout,
  CreateConversation,
  CreatedConversation,
  InterruptedTurn,
  InterruptTurn,
  ProblemDetails,
  ReportPlayout,
  ServedEvent,
  Turn,
} from '../contract/http.ts';
