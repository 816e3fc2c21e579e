import { Buffer } from 'node:buffer';
import { formatFault, type SampleFormat } from './sample-format.ts';
import { otherFormat } from './unplayable-audio.ts';

/** Samples of a WAV file, as they came. */
export interface WavStretch {
  readonly bytes: Uint8Array;
  readonly format: SampleFormat;
}

const CHUNK_HEADER_BYTES = 8;
const RIFF_HEADER_BYTES = 12;
/** Longest chunk with a format. */
const MAX_FORMAT_BYTES = 1_024;
/** A stream whose length was not known when it began has one of these, or nothing but this much. */
const UNKNOWN_LENGTHS: ReadonlySet<number> = new Set([0, 0xffff_ffff]);
const CHUNK_NAME = /^[\x20-\x7e]{4}$/;
const TAGS = { pcm: 1, float: 3, extensible: 0xfffe } as const;
const TAG_NAMES: Readonly<Record<number, string>> = { 2: 'ADPCM', 6: 'A-law', 7: 'µ-law', 17: 'ADPCM', 85: 'MP3' };

/**
 * Reads RIFF WAVE as it comes, wherever the network cut it. Chunks other than format and samples are passed over, also
 * behind the samples, and a file that follows another one is read too. Samples that go on behind the length that the header
 * gives are samples: some servers write it before they know it.
 */
export class WavReader {
  #rest = Buffer.alloc(0);
  #format: SampleFormat | undefined;
  /** Of the chunk that is being passed over. */
  #skipBytes = 0;
  /** Of the chunk of samples that is being read. */
  #sampleBytes = 0;
  #isPadded = false;
  #hasSamples = false;

  /** Throws UnplayableAudio. */
  push(bytes: Uint8Array): readonly WavStretch[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const stretches: WavStretch[] = [];
    for (;;) {
      if (this.#format && this.#sampleBytes > 0) {
        const taken = this.#take(Math.min(this.#sampleBytes, this.#rest.length));
        this.#sampleBytes -= taken.length;
        if (taken.length > 0) stretches.push({ bytes: taken, format: this.#format });
        if (this.#sampleBytes > 0) return stretches;
        this.#skipBytes = this.#isPadded ? 1 : 0;
      }
      this.#skipBytes -= this.#take(Math.min(this.#skipBytes, this.#rest.length)).length;
      if (this.#skipBytes > 0 || !this.#readChunk()) return stretches;
    }
  }

  /** Whether a whole header was there; false where more bytes are needed. */
  #readChunk(): boolean {
    if (this.#rest.length < CHUNK_HEADER_BYTES) return false;
    const name = this.#rest.toString('latin1', 0, 4);
    const length = this.#rest.readUInt32LE(4);
    if (this.#hasSamples && !CHUNK_NAME.test(name)) this.#sampleBytes = Infinity;
    else if (name === 'RIFF' || name === 'RF64') this.#skipBytes = RIFF_HEADER_BYTES;
    else if (name === 'fmt ') return this.#readFormat(length);
    else if (name === 'data') this.#beginSamples(length);
    else this.#skipBytes = CHUNK_HEADER_BYTES + length + (length % 2);
    return true;
  }

  #readFormat(length: number): boolean {
    if (length < 16 || length > MAX_FORMAT_BYTES) throw otherFormat('WAV with a malformed header');
    const end = CHUNK_HEADER_BYTES + length;
    if (this.#rest.length < end) return false;
    this.#format = toFormat(this.#rest.subarray(CHUNK_HEADER_BYTES, end));
    this.#skipBytes = end + (length % 2);
    return true;
  }

  #beginSamples(length: number): void {
    if (!this.#format) throw otherFormat('WAV with a malformed header');
    this.#take(CHUNK_HEADER_BYTES);
    this.#hasSamples = true;
    this.#sampleBytes = UNKNOWN_LENGTHS.has(length) ? Infinity : length;
    this.#isPadded = length % 2 === 1;
  }

  #take(count: number): Uint8Array {
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }
}

function toFormat(chunk: Buffer): SampleFormat {
  const outer = chunk.readUInt16LE(0);
  const tag = outer === TAGS.extensible && chunk.length >= 26 ? chunk.readUInt16LE(24) : outer;
  if (tag !== TAGS.pcm && tag !== TAGS.float) throw otherFormat(`WAV with ${TAG_NAMES[tag] ?? `format ${tag}`}`);
  const format: SampleFormat = {
    encoding: tag === TAGS.float ? 'float' : 'integer',
    bits: chunk.readUInt16LE(14),
    rateHz: chunk.readUInt32LE(4),
    channels: chunk.readUInt16LE(2),
    isBigEndian: false,
  };
  const fault = formatFault(format);
  if (fault !== undefined) throw otherFormat(`WAV with ${fault}`);
  return format;
}
