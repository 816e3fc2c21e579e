import { readSpeech } from './audio/read-speech.ts';
import { UnplayableAudio } from './audio/unplayable-audio.ts';
import { ProviderFailure } from './failure.ts';
import type { SpeechRequest, TextToSpeech, WordTiming } from './text-to-speech.ts';

type Piece = Uint8Array | WordTiming;

/** Runs code of the agent's author. */
export type RunAuthor = <T>(code: () => T) => T;

/**
 * A voice that an agent brings along, held to what the port promises: it ends when `signal` is aborted, whether it looks at
 * it or not; its audio is
 * whole samples, also where it gives a WAV file; whatever it throws is a ProviderFailure; anything else that it gives fails.
 */
export function createAuthorVoice(own: TextToSpeech, run: RunAuthor = (code) => code()): TextToSpeech {
  return { speak: (request, signal) => readPieces({ own, run, signal }, request) };
}

async function* readPieces(asked: Asked, request: SpeechRequest): AsyncGenerator<Piece, void> {
  try {
    yield* readSpeech(piecesOf(asked, request));
  } catch (error) {
    if (!(error instanceof UnplayableAudio)) throw error;
    const { message, isTransient, isEmpty } = error;
    const options = { retryable: isTransient, refused: isEmpty };
    throw new ProviderFailure(`What the agent's own voice gave ${message}`, options);
  }
}

interface Asked {
  readonly own: TextToSpeech;
  readonly run: RunAuthor;
  readonly signal: AbortSignal;
}

async function* piecesOf({ own, run, signal }: Asked, request: SpeechRequest): AsyncGenerator<Piece, void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => undefined); // it may never be waited for
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  let end = (): unknown => undefined;
  try {
    const pieces: AsyncIterator<unknown> = run(() => own.speak(request, signal)[Symbol.asyncIterator]());
    end = () => pieces.return?.();
    for (;;) {
      const next = await Promise.race([run(() => pieces.next()), aborted.promise]);
      signal.throwIfAborted();
      if (next.done === true) return;
      yield toPiece(next.value);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw toFailure(error);
  } finally {
    signal.removeEventListener('abort', abort);
    // Not awaited, as a voice that ignores the signal may never end; what it still throws concerns nobody.
    void new Promise((done) => done(run(end))).catch(() => undefined);
  }
}

function toPiece(value: unknown): Piece {
  if (value instanceof Uint8Array) return value;
  const { endMs, endCharacter } = (value ?? {}) as Partial<WordTiming>;
  if (Number.isFinite(endMs) && Number.isFinite(endCharacter)) return value as WordTiming;
  throw new ProviderFailure(
    `The agent's own voice gave a value of type ${typeof value}; give a Uint8Array of PCM, or '{ endMs, endCharacter }'`,
    { retryable: false },
  );
}

function toFailure(error: unknown): ProviderFailure {
  if (error instanceof ProviderFailure) return error;
  const why = error instanceof Error ? error.message : typeof error;
  return new ProviderFailure(`The agent's own voice failed: ${why}`, { retryable: false, cause: error });
}
