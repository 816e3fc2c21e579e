import type { Item, Json } from '../../contract/items.ts';
import type { Speech } from '../../contract/rounds.ts';
import type { Outcome } from '../../contract/turn.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import type { Clock } from '../../time/clock.ts';

/** Something that went wrong in a turn, whether or not the turn went on without it. */
export interface Trouble {
  readonly step: string;
  /** Why the step, or the call, ended without a result. Undefined where it went on: another attempt, or without a check or a phrase. */
  readonly kind?: string;
  readonly message?: string;
  /** What was thrown, where something was: with its stack, which no record keeps. */
  readonly thrown?: unknown;
}

/** A turn that is over, as the process that was its home saw it. */
export interface EndedTurn {
  readonly id: string;
  readonly conversationId: string;
  readonly number: number;
  readonly outcome: Outcome;
  /** Why it ended, where its steps do not say it. */
  readonly reason?: string;
  /** Since it was posted, or taken over. */
  readonly durationMs: number;
  readonly firstAudioMs?: number;
  /** Of a turn without audio: its first words. */
  readonly firstWordsMs?: number;
  readonly degraded: boolean;
  readonly steps: readonly { readonly step: string; readonly ok: boolean; readonly durationMs: number }[];
  readonly troubles: readonly Trouble[];
  /** What no line of a log may repeat: all that was said, and the arguments of calls. */
  readonly words: readonly Item[];
  readonly given: readonly Json[];
  /** Values of secret metadata. */
  readonly secrets: readonly string[];
}

interface Ending {
  readonly outcome: Outcome;
  readonly reason?: string;
  readonly items: readonly Item[];
  readonly speeches: readonly Speech[];
}

/** More are counted with the last one: a tool in a loop must not fill the memory. */
const MAX_TROUBLES = 50;

/** Notes what an operator wants to know of a turn when it is over: its times, its steps, and what went wrong on the way. */
export class TurnAccount {
  readonly #turn: Pick<EndedTurn, 'id' | 'conversationId' | 'number' | 'secrets'>;
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #steps: EndedTurn['steps'][number][] = [];
  readonly #troubles: Trouble[] = [];
  readonly #given: Json[] = [];
  #firstAudioMs: number | undefined;
  #firstWordsMs: number | undefined;

  constructor(turn: Pick<EndedTurn, 'id' | 'conversationId' | 'number' | 'secrets'>, clock: Clock) {
    this.#turn = turn;
    this.#clock = clock;
    this.#startedMs = clock.nowMs();
  }

  /** An event of the turn is being published. */
  published(event: NewEvent): void {
    if (event.type === 'speech.audio') this.#firstAudioMs ??= this.#nowMs();
    if (event.type === 'speech.sentence') this.#firstWordsMs ??= this.#nowMs();
    if (event.type === 'tool.finished' && event.error && event.error.kind !== 'cancelled')
      this.#failed(event.call, event.error);
    if (event.type !== 'step.finished') return;
    const { step, ok, durationMs, error } = event;
    this.#steps.push({ step, ok, durationMs });
    if (error) this.#failed(step, error);
  }

  /** Code of the agent's author, or ours, threw in a step. `given`: the arguments that it was called with. */
  threw(step: string, thrown: unknown, given?: Json): void {
    this.#add({ step, thrown });
    if (given !== undefined && this.#given.length < MAX_TROUBLES) this.#given.push(given);
  }

  /** Something that is no error, and that an author will want to know of. */
  noted(step: string, kind: string, message: string): void {
    this.#add({ step, kind, message });
  }

  end({ outcome, reason, items, speeches }: Ending): EndedTurn {
    const degraded = speeches.find((speech) => speech.voiced?.degraded !== undefined);
    if (degraded?.voiced?.degraded !== undefined) {
      this.#add({ step: `speech ${degraded.speech}`, kind: 'degraded', message: degraded.voiced.degraded });
    }
    const spoken = this.#firstAudioMs !== undefined;
    return {
      ...this.#turn,
      outcome,
      ...(reason !== undefined && { reason }),
      durationMs: this.#nowMs(),
      ...(this.#firstAudioMs !== undefined && { firstAudioMs: this.#firstAudioMs }),
      ...(!spoken && this.#firstWordsMs !== undefined && { firstWordsMs: this.#firstWordsMs }),
      degraded: degraded !== undefined,
      steps: this.#steps,
      troubles: this.#troubles,
      words: items,
      given: this.#given,
    };
  }

  /** A step that failed by what was thrown in it is one trouble, not two. */
  #failed(step: string, { kind, message }: { readonly kind: string; readonly message: string }): void {
    const index = this.#troubles.findLastIndex((trouble) => trouble.step === step);
    const last = this.#troubles[index];
    if (last?.kind !== undefined && last.kind === kind && last.message === message) return;
    const isSame =
      last !== undefined && last.kind === undefined && messageOf(last.thrown)?.startsWith(message) === true;
    if (isSame) this.#troubles[index] = { ...last, kind, message };
    else this.#add({ step, kind, message });
  }

  #add(trouble: Trouble): void {
    if (this.#troubles.length < MAX_TROUBLES) this.#troubles.push(trouble);
  }

  #nowMs(): number {
    return Math.round(this.#clock.nowMs() - this.#startedMs);
  }
}

function messageOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? thrown.message : typeof thrown === 'string' ? thrown : undefined;
}
