import type { BargeIn, AskedInterrupt } from './barge-in.ts';
import type { Json, SpeechKind } from './items.ts';
import type {
  BegunWhere,
  CallResult,
  PlannedCall,
  ProviderState,
  Speech,
  Toolbox,
  ToolPolicy,
  Voiced,
} from './rounds.ts';
import type { KeyedPost, Modality, OpenedStart, PlayoutMode, TurnResult } from './turn.ts';
import type { ModelUsage } from './usage.ts';

/** Every step has its own id and the epoch of its home; its turn is the workflow that scheduled it. */
export interface StepInput {
  readonly step: string;
  /** The task queue of the process that is to do it. */
  readonly home: string;
  readonly epoch: number;
  /** The turn's first step: it binds the turn to its home (I8). */
  readonly opens?: true;
}

export interface ThinkInput extends StepInput {
  readonly round: number;
  /** The model must answer in words: last round, or too many bad calls. */
  readonly mustAnswer: boolean;
  /** Results since the last round that no step of this home returned: of calls that were lost or abandoned. */
  readonly settled?: readonly { readonly call: string; readonly result: CallResult }[];
}

export interface ThinkResult {
  /** All that the model said in this round; spoken already, as it came. */
  readonly text: string;
  readonly calls: readonly PlannedCall[];
  /** Tools that the calls require, directly or not. */
  readonly toolbox?: Toolbox;
  /** Absent where the turn has no room for it. */
  readonly providerState?: ProviderState;
  /** Where a provider has said it. */
  readonly usage?: ModelUsage[];
  /** What was said while the model was asked. */
  readonly spoken?: readonly Speech[];
  /** The barge-in that ended this step. */
  readonly cut?: BargeIn;
  /** It was stopped before the model had finished writing. */
  readonly stopped?: true;
}

/** First detail of a failure `Model.Failed`. */
export interface FailedThought {
  /** The words that were spoken before the model failed. */
  readonly said: string;
  /** What was said while the model was asked. */
  readonly spoken?: readonly Speech[];
  readonly usage?: ModelUsage[];
}

export interface VoiceInput extends StepInput {
  readonly speech: string;
  readonly kind: SpeechKind;
  readonly text: string;
}
/** `earlier`: how the preambles ended that were said before; they have no step of their own. */
export interface VoiceResult extends Voiced {
  readonly earlier?: readonly Pick<Speech, 'speech' | 'voiced'>[];
  /** The turn ended with this speech, and home has reported it: the digest of its report (`turn/turn-end.ts`). */
  readonly told?: string;
}

export interface CallToolInput extends StepInput {
  readonly name: string;
  readonly arguments: Json;
  readonly policy: ToolPolicy;
  /** Of a write whose policy says what to do then. */
  readonly mayHaveBegun?: BegunWhere;
  /** Of a tool that a tools-only worker has run: its result there. Home does the rest of the call. */
  readonly ran?: CallResult;
}
export interface CallToolResult extends CallResult {
  /** The barge-in that ended this call. */
  readonly dropped?: BargeIn;
}

/** A look at gate and barge-in, at home, for a call whose tool a tools-only worker runs. */
export type PassGateInput = Pick<CallToolInput, keyof StepInput | 'name' | 'arguments' | 'policy'>;
/** `ended`: the call ended at its gate. Without it, it has begun. */
export interface PassGateResult {
  readonly ended?: CallToolResult;
}

/** One tool call for a tools-only worker; its turn is the workflow that scheduled it. */
export interface RunToolInput extends Pick<CallToolInput, 'step' | 'name' | 'arguments' | 'policy' | 'mayHaveBegun'> {
  readonly start: Pick<OpenedStart, 'conversationId' | 'metadata' | 'sealed' | 'traceparent' | 'tracestate'>;
}

/** Asks home to interrupt the turn, for an interrupt that reached Temporal first. */
export interface CutTurnInput extends StepInput, AskedInterrupt {}
/** The last barge-in on the turn, by this interrupt or an earlier one. Undefined where there was none. */
export type CutTurnResult = BargeIn | undefined;

/**
 * A speech that a home has begun, as the record does not know it yet: what a step reports with its heartbeat, for a home that
 * may have to go on with it.
 */
export interface BegunSpeech {
  readonly speech: string;
  /** Where an earlier home had begun it: the id in the events under which this one says the rest, and the first sentence of that. */
  readonly rest?: { readonly speech: string; readonly from: number };
  readonly kind: SpeechKind;
  /** Those that were published, in order. `isWhole`: with all of their audio, or as text. `durationMs`: of the audio that was. */
  readonly sentences: readonly {
    readonly text: string;
    readonly durationMs: number;
    readonly isWhole: boolean;
    readonly isLost?: true;
  }[];
  /** What the client has reported to have played, where it reports. */
  readonly heardMs?: number;
  /** How it ended. Absent while it is being said. */
  readonly voiced?: Voiced;
}

/** A turn without a home, or whose home is lost, is taken by the first process that answers this. */
export interface TakeHomeInput {
  readonly agent: string;
  readonly conversationId: string;
  /** True in histories of earlier versions only: the turn was not posted. */
  readonly unopened: boolean;
  /** Of the new home, if it must count as a new one even in the same process. */
  readonly epoch?: number;
  /** The home that was lost. Absent where the turn had none; earlier versions leave it out. */
  readonly lost?: Pick<StepInput, 'home' | 'epoch'> & { readonly isGivenUp?: true };
  /** What the lost home has said, as far as Temporal was told. */
  readonly said?: readonly BegunSpeech[];
}
export interface TakeHomeResult {
  /** The task queue of the process that took the turn. */
  readonly home: string;
  /** A reset made this run, and the turn had ended before: there is nothing to do. */
  readonly hasEnded?: true;
  /** In histories of earlier versions only. */
  readonly opened?: OpenedPart;
}

/** Of the start of a turn that was not posted, what its first home filled in. */
export type OpenedPart = Pick<
  OpenedStart,
  'number' | 'terms' | 'history' | 'conversationContext' | 'metadata' | 'sealed'
>;

export interface CloseTurnInput {
  readonly home: string;
  readonly epoch: number;
  readonly startedAt: string;
  readonly post?: KeyedPost;
  readonly result: TurnResult;
}

/** The one argument of the workflow `postTurn`: a post for services that go through Temporal. It returns the turn's TurnResult. */
export interface PostTurn {
  readonly conversationId: string;
  readonly agent: string;
  /** The caller's words. Left out: the turn says the agent's greeting. */
  readonly text?: string;
  /** As `Idempotency-Key` of a post over HTTP. Default: the id of the workflow. */
  readonly key?: string;
  /** These as in the body of a post over HTTP. */
  readonly modality?: Modality;
  readonly playout?: PlayoutMode;
  readonly context?: string;
}
