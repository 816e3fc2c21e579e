import { Buffer } from 'node:buffer';
import { declaredAudio, samplesOf } from './declared-audio.ts';
import { SampleConverter } from './sample-converter.ts';
import type { SampleFormat } from './sample-format.ts';
import { signatureOf } from './signature.ts';
import { noAudio, notAudio, otherFormat } from './unplayable-audio.ts';
import { WavReader } from './wav-reader.ts';

interface Stretch {
  readonly bytes: Uint8Array;
  readonly format: SampleFormat;
}
type ReadBytes = (bytes: Uint8Array) => readonly Stretch[];

/**
 * Bytes as a voice sends them, as speech in whole samples. What they begin with counts over what their content type says.
 * Everything else among them is passed on, in its place. Throws UnplayableAudio, also where there was no audio at all: noise
 * is never played.
 */
export async function* readSpeech<Other = never>(
  pieces: AsyncIterable<Uint8Array | Other>,
  contentType = '',
): AsyncGenerator<Uint8Array | Other, void> {
  using speech = new SpeechReader(contentType);
  for await (const piece of pieces) {
    if (piece instanceof Uint8Array) yield* speech.push(piece);
    else yield piece;
  }
  yield* speech.end();
}

class SpeechReader implements Disposable {
  readonly #contentType: string;
  /** What came before it was clear what it is. */
  #start = Buffer.alloc(0);
  #read: ReadBytes | undefined;
  #converter: SampleConverter | undefined;
  #hasAudio = false;

  constructor(contentType: string) {
    this.#contentType = contentType;
  }

  async *push(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
    if (this.#read) return yield* this.#convert(this.#read(bytes));
    this.#start = Buffer.concat([this.#start, bytes]);
    this.#read = createReader(this.#start, { contentType: this.#contentType, isWhole: false });
    if (this.#read) yield* this.#convert(this.#read(this.#start));
  }

  async *end(): AsyncGenerator<Uint8Array, void> {
    if (!this.#read && this.#start.length > 0) {
      const read = createReader(this.#start, { contentType: this.#contentType, isWhole: true });
      yield* this.#convert(read?.(this.#start) ?? []);
    }
    yield* this.#given(this.#converter?.end());
    if (!this.#hasAudio) throw noAudio();
  }

  [Symbol.dispose](): void {
    this.#converter?.[Symbol.dispose]();
  }

  async *#convert(stretches: readonly Stretch[]): AsyncGenerator<Uint8Array, void> {
    for (const { bytes, format } of stretches) {
      const before = this.#converter;
      if (before?.format !== format) {
        yield* this.#given(before?.end());
        before?.[Symbol.dispose]();
        this.#converter = undefined;
        this.#converter = await SampleConverter.open(format);
      }
      yield* this.#given(this.#converter?.push(bytes));
    }
  }

  *#given(pcm: Uint8Array | undefined): Generator<Uint8Array, void> {
    if (pcm === undefined || pcm.length === 0) return;
    this.#hasAudio = true;
    yield pcm;
  }
}

interface Declared {
  readonly contentType: string;
  readonly isWhole: boolean;
}

/** Undefined while it is not clear what the bytes are. */
function createReader(start: Uint8Array, { contentType, isWhole }: Declared): ReadBytes | undefined {
  const declared = declaredAudio(contentType);
  const signature = signatureOf(start, isWhole);
  if (signature === 'unclear') return undefined;
  if (signature === 'wav') {
    const wav = new WavReader();
    return (bytes) => wav.push(bytes);
  }
  if (signature === 'text' || declared.isText) throw notAudio();
  if (signature !== 'none') throw otherFormat(signature.format);
  const format = samplesOf(declared);
  return (bytes) => [{ bytes, format }];
}
