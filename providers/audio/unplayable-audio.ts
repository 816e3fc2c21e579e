/** What came is no audio that can be played. `message` goes on after 'the answer', e.g. `is MP3, but …`. */
export class UnplayableAudio extends Error {
  override readonly name = 'UnplayableAudio';
  /** Whether asking the same again may help. */
  readonly isTransient: boolean;
  /** There was none: the voice may have nothing for these words, and something for others. */
  readonly isEmpty: boolean;

  constructor(message: string, { isTransient, isEmpty = false }: UnplayableOptions) {
    super(message);
    this.isTransient = isTransient;
    this.isEmpty = isEmpty;
  }
}

interface UnplayableOptions {
  readonly isTransient: boolean;
  readonly isEmpty?: boolean;
}

/** It is of a format that is not read, and will be the next time. */
export function otherFormat(format: string): UnplayableAudio {
  const message = `is ${format}, but only PCM and WAV are played; have it sent as one of these`;
  return new UnplayableAudio(message, { isTransient: false });
}

/** A page or an error in place of audio. */
export function notAudio(): UnplayableAudio {
  return new UnplayableAudio('is text and not audio, such as an error', { isTransient: true });
}

export function noAudio(): UnplayableAudio {
  return new UnplayableAudio('holds no audio', { isTransient: true, isEmpty: true });
}
