import { ProviderFailure } from '../../providers/failure.ts';
import { NoSignOfLife, withPatience } from '../../providers/patience.ts';
import type { SpeechRequest, TextToSpeech, WordTiming } from '../../providers/text-to-speech.ts';
import { type Clock, pause } from '../../time/clock.ts';
import type { SpokenForm } from './spoken-text.ts';
import type { VoiceRest } from './voice-rest.ts';

/** A voice of a provider. */
export interface NamedVoice {
  readonly textToSpeech: TextToSpeech;
  readonly name: string;
  /** Default: it never rests. */
  readonly rest?: VoiceRest;
}

export interface Voice extends NamedVoice {
  /** Speaks where the first one has failed or rests. */
  readonly fallback?: NamedVoice;
  /** How it speaks, the same for every sentence. */
  readonly manner?: Pick<SpeechRequest, 'language' | 'speed' | 'instructions'>;
  /** What of a sentence is spoken, and how. Default: what is written. */
  readonly toSpoken?: SpokenForm;
  /** The audio of what is spoken, where it is in memory. */
  readonly cached?: (spoken: string) => readonly (Uint8Array | WordTiming)[] | undefined;
  /** Longest silence of the provider before it counts as failed. */
  readonly patienceMs: number;
}

export interface Synthesis extends Pick<Voice, 'textToSpeech' | 'name' | 'manner' | 'patienceMs'> {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Another voice is ready: nobody waits long for this one. Default false. */
  readonly hasOther?: boolean;
}

/** A voice that is busy is not asked twice within milliseconds. */
const AGAIN_MS = 250;
/** What a caller waits in silence because a server wants to be left alone. */
const LONGEST_WAIT_MS = 2_000;

/**
 * One sentence as frames, and timings behind the first of them. A failure before the first frame is tried once more; after it,
 * it is the reader's. Without a frame it has failed.
 */
export async function* synthesise(text: string, setting: Synthesis): AsyncGenerator<Uint8Array | WordTiming> {
  const { textToSpeech, name, manner, clock, signal } = setting;
  for (let attempt = 1; ; attempt += 1) {
    const askedMs = clock.nowMs();
    let begun = false;
    try {
      const speak = (inner: AbortSignal) => textToSpeech.speak({ text, voice: name, ...manner }, inner);
      for await (const piece of framesFirst(withPatience(speak, { ...setting, of: `The voice '${name}'` }))) {
        begun = true;
        yield piece;
      }
      if (begun) return;
      throw new ProviderFailure(`The voice '${name}' gave no audio; try again`, { retryable: true, refused: true });
    } catch (error) {
      if (begun || attempt > 1 || !isWorthWhile(error, setting)) throw error;
      const waitMs = (error as ProviderFailure).retryAfterMs ?? 0;
      await pause(clock, Math.max(waitMs, isBusy(error) ? askedMs + AGAIN_MS - clock.nowMs() : 0), signal);
      signal.throwIfAborted();
    }
  }
}

/** Nothing before the first frame: timings that come earlier wait for it. */
async function* framesFirst(pieces: AsyncIterable<Uint8Array | WordTiming>): AsyncGenerator<Uint8Array | WordTiming> {
  const timings: WordTiming[] = [];
  let begun = false;
  for await (const piece of pieces) {
    const isFrame = piece instanceof Uint8Array;
    if (begun) yield piece;
    else if (!isFrame) timings.push(piece);
    else if (piece.length > 0) {
      begun = true;
      yield* timings;
      yield piece;
    }
  }
}

function isWorthWhile(error: unknown, { signal, hasOther = false }: Synthesis): boolean {
  if (signal.aborted || !(error instanceof ProviderFailure) || !error.retryable) return false;
  const { retryAfterMs = 0 } = error;
  return hasOther ? !(error instanceof NoSignOfLife) && retryAfterMs === 0 : retryAfterMs <= LONGEST_WAIT_MS;
}

function isBusy(error: unknown): boolean {
  return error instanceof ProviderFailure && (error.status === 429 || error.status === 503);
}
