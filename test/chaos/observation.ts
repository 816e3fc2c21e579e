import type { Conversation, ServedEvent, Turn } from 'legato/client';
import type { TurnResult } from '../../contract/turn.ts';

/** One event as a device got it; of audio only its place. Times are of the driver's monotonic clock. */
export interface HeardEvent {
  readonly event: ServedEvent;
  /** The process that sent it, e.g. `b3`: the third one in the place `b`. */
  readonly from: string;
  readonly receivedMs: number;
}

/** An attempt to post a turn, and what came of it. */
export interface Post {
  readonly atMs: number;
  readonly to: string;
  /** `202`, a refusal's type, or how the answer was lost. */
  readonly answer: string;
  readonly id?: string;
  readonly number?: number;
}

/** A turn as its caller and, where there is one, a second listener lived through it. */
export interface HeardTurn {
  /** What the caller said begins with it, and every sentence of the answer ends with it, e.g. `c3t5`. */
  readonly ref: string;
  readonly conversationId: string;
  readonly tools: readonly string[];
  readonly playout: 'assumed' | 'client';
  readonly posts: readonly Post[];
  readonly id?: string;
  /** When the caller spoke into it, by an interrupt or by the next turn. */
  readonly cutMs?: number;
  readonly heard: readonly HeardEvent[];
  readonly overheard: readonly HeardEvent[];
  /** What a front end answered that an accepted turn must not get, e.g. 404. */
  readonly denials: readonly string[];
}

/** A turn as the record has it, found by its number. */
export interface RecordedTurn {
  readonly id: string;
  readonly conversationId: string;
  readonly number: number;
  readonly status: string;
  /** None where it is open, or was abandoned before it had begun. */
  readonly result?: TurnResult;
  /** `GET /v1/turns/:id`, by process. */
  readonly served: readonly Turn[];
}

/** Something that was done in the world. */
export interface Effect {
  readonly tool: string;
  readonly ref: string;
  readonly key: string;
}

/** What the model was asked for a turn: earlier turns with what the agent is said to have said in them. */
export interface Prompt {
  readonly ref: string;
  readonly before: readonly { readonly ref: string; readonly said: string }[];
}

export interface DoneFault {
  readonly atMs: number;
  readonly kind: string;
  /** The process, the place, or `redis`. */
  readonly at: string;
  readonly lastsMs: number;
}

/** All that a run leaves to be counted. */
export interface Observation {
  readonly turns: readonly HeardTurn[];
  readonly records: readonly RecordedTurn[];
  readonly conversations: readonly Conversation[];
  readonly effects: readonly Effect[];
  readonly prompts: readonly Prompt[];
  readonly faults: readonly DoneFault[];
  /** Of the processes that live at the end: what they still hold. */
  readonly left: readonly string[];
}
