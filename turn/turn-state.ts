import type { BargeIn } from '../contract/barge-in.ts';
import type { SpeechKind } from '../contract/items.ts';
import type { CallResult, PlannedCall, ProviderState, Speech, Toolbox, Voiced } from '../contract/rounds.ts';
import type { Outcome, TurnTerms } from '../contract/turn.ts';
import type { RecordedState } from '../contract/turn-record.ts';
import type { Round, RunnableCall } from './call.ts';

/** Calls of a round above this number are refused; the first ones run. */
export const MAX_CALLS_PER_ROUND = 16;
/** After this many rounds with a call that cannot run, the model must answer in words. */
export const MAX_FAULTY_ROUNDS = 3;

/** What the rules know of a turn. */
export interface TurnState extends Omit<RecordedState, 'rounds'> {
  readonly terms: Pick<TurnTerms, 'maxRounds' | 'apology' | 'greeting'>;
  readonly rounds: readonly Round[];
}

/** What happened, as a player saw it. */
export type TurnHappening =
  | {
      readonly type: 'thought';
      readonly round: number;
      readonly text: string;
      readonly calls: readonly PlannedCall[];
      readonly toolbox?: Toolbox;
      readonly providerState?: ProviderState;
      /** What was said while the model was asked. */
      readonly spoken?: readonly Speech[];
      /** The barge-in that ended the model call. */
      readonly bargeIn?: BargeIn;
    }
  /** `said`: the words that were spoken before the model failed; `spoken`: what was said before them. */
  | {
      readonly type: 'think_failed';
      readonly round: number;
      readonly said: string;
      readonly spoken?: readonly Speech[];
    }
  | { readonly type: 'voiced'; readonly speech: string; readonly voiced: Voiced }
  | {
      readonly type: 'call_settled';
      readonly call: string;
      readonly result: CallResult;
      /** The barge-in that ended the call. */
      readonly bargeIn?: BargeIn;
    }
  | { readonly type: 'deadline_passed' }
  | { readonly type: 'interrupted'; readonly bargeIn: BargeIn };

/** What a player must do next. */
export type TurnCommand =
  | { readonly type: 'think'; readonly step: string; readonly round: number; readonly mustAnswer: boolean }
  | {
      readonly type: 'voice';
      readonly step: string;
      readonly speech: string;
      readonly kind: SpeechKind;
      readonly text: string;
    }
  | { readonly type: 'call_tool'; readonly step: string; readonly call: RunnableCall }
  | { readonly type: 'cancel'; readonly step: string }
  | { readonly type: 'finish'; readonly outcome: Outcome };

export interface Advance {
  readonly state: TurnState;
  readonly commands: readonly TurnCommand[];
}
