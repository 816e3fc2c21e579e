import type { CallResult } from '../contract/rounds.ts';
import type { CallToolResult, CutTurnResult, PassGateResult, ThinkResult, VoiceResult } from '../contract/steps.ts';
import type {
  CallToolInput,
  CutTurnInput,
  PassGateInput,
  RunToolInput,
  ThinkInput,
  VoiceInput,
} from '../contract/steps.ts';
import type { Place } from './home-step.ts';

/** A step's input without where it is done: its place says that. */
export type Unplaced<T extends { home: string; epoch: number }> = Omit<T, 'home' | 'epoch'>;

export interface Begun<T> {
  readonly ended: Promise<T>;
  /** Requests cancellation; `ended` then settles with the result. */
  readonly cancel: () => void;
}

/** What the player of a turn's record asks of the engine that makes it durable: Temporal, or a test in its place. */
export interface PlayerPort {
  /** Time as the record has it, in ms. */
  readonly nowMs: () => number;
  /** Begins something that can be cancelled on its own, and is never cancelled together with what began it. */
  readonly begin: <T>(run: () => Promise<T>) => Begun<T>;
  /** Calls back after so many ms. Returns a function that cancels the call. */
  readonly after: (ms: number, summary: string, callback: () => void) => () => void;
  readonly think: (place: Place, input: Unplaced<ThinkInput>) => Promise<ThinkResult>;
  readonly voice: (place: Place, input: Unplaced<VoiceInput>) => Promise<VoiceResult>;
  readonly callTool: (place: Place, input: Unplaced<CallToolInput>) => Promise<CallToolResult>;
  readonly passGate: (place: Place, input: Unplaced<PassGateInput>) => Promise<PassGateResult>;
  /** At a tools-only worker. */
  readonly runTool: (input: RunToolInput) => Promise<CallResult>;
  readonly cutTurn: (place: Place, input: Unplaced<CutTurnInput>) => Promise<CutTurnResult>;
}
