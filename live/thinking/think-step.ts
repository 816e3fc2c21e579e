import type { Item } from '../../contract/items.ts';
import type { ThinkInput } from '../../contract/steps.ts';
import type { OpenedStart } from '../../contract/turn.ts';
import type { ModelFor } from '../../providers/model.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import type { CallDependencies, CallingTurn, EarlyRuns } from '../calls/call-step.ts';
import type { ShownHistories } from './shown-history.ts';
import type { StepUsage } from './step-usage.ts';

/** What a model call's step says that is to be done, without who does it and when: what a claim of it has to equal (I3). */
export type ThinkContent = Pick<ThinkInput, 'round' | 'mustAnswer' | 'settled'>;

export function thinkContent({ round, mustAnswer, settled }: ThinkContent): ThinkContent {
  return { round, mustAnswer, ...(settled && { settled }) };
}

/** A turn as far as one of its model calls needs it. */
export interface ThinkingTurn extends CallingTurn {
  readonly start: CallingTurn['start'] & Pick<OpenedStart, 'context' | 'conversationContext' | 'terms'>;
  /** The conversation before this turn and the turn so far. */
  readonly items: readonly Item[];
  readonly runsAhead: boolean;
  /** Resolves when no earlier turn of the conversation speaks any more. */
  readonly silence: Promise<unknown>;
  readonly early: EarlyRuns & {
    readonly join: <T>(step: string, content: object, run: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  };
  readonly account: CallingTurn['account'] & {
    readonly noted: (step: string, kind: string, message: string) => void;
  };
  readonly publish: (step: string, event: NewEvent) => void;
  /** The call that a read was begun for is not made. */
  readonly dropEarly: (step: string, result: Promise<unknown>) => void;
}

/** A model that stops for this long in the middle of a reply has failed. */
export const MODEL_PATIENCE_MS = 8_000;

/** What the model calls of a process are made with. */
export interface ThinkDependencies extends CallDependencies {
  readonly modelFor: ModelFor;
  /** Longest silence of the model between two pieces of a reply before it counts as failed. */
  readonly modelPatienceMs: number;
  /** What its conversations are shown as. */
  readonly histories: ShownHistories;
}

export interface Thinking extends ThinkDependencies {
  readonly turn: ThinkingTurn;
  readonly usage: StepUsage;
  readonly publish: (event: NewEvent) => void;
  /** Aborted when the step is no longer wanted, never because its process lost sight of Temporal. */
  readonly signal: AbortSignal;
}
