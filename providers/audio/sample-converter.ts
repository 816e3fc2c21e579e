import { Buffer } from 'node:buffer';
import { endianness } from 'node:os';
import { Resampler } from './resampler.ts';
import { isSpeechFormat, type SampleFormat, SPEECH_FORMAT } from './sample-format.ts';

/** Makes speech, in the one format of all speech, of samples of another one, wherever the network cut them. Dispose of it. */
export class SampleConverter implements Disposable {
  readonly format: SampleFormat;
  readonly #frameBytes: number;
  readonly #resampler: Resampler | undefined;
  #rest: Buffer = Buffer.alloc(0);

  static async open(format: SampleFormat): Promise<SampleConverter> {
    const resampler = format.rateHz === SPEECH_FORMAT.rateHz ? undefined : await Resampler.open(format.rateHz);
    return new SampleConverter(format, resampler);
  }

  private constructor(format: SampleFormat, resampler: Resampler | undefined) {
    this.format = format;
    this.#resampler = resampler;
    this.#frameBytes = format.channels * (format.bits / 8);
  }

  push(bytes: Uint8Array): Uint8Array {
    const all = this.#rest.length === 0 ? asBuffer(bytes) : Buffer.concat([this.#rest, bytes]);
    const wholeBytes = all.length - (all.length % this.#frameBytes);
    this.#rest = all.subarray(wholeBytes);
    const whole = all.subarray(0, wholeBytes);
    if (isSpeechFormat(this.format)) return whole;
    return this.#resample(toMono(whole, this.format));
  }

  /** The end of the stream; a part of a sample is dropped. */
  end(): Uint8Array {
    return this.#resampler ? asBytes(this.#resampler.end()) : new Uint8Array(0);
  }

  [Symbol.dispose](): void {
    this.#resampler?.[Symbol.dispose]();
  }

  #resample(samples: Int16Array): Uint8Array {
    return asBytes(this.#resampler?.push(samples) ?? samples);
  }
}

const HIGHEST = 32_767;

function toMono(bytes: Buffer, format: SampleFormat): Int16Array {
  const { channels } = format;
  const samples = toInt16(bytes, format);
  if (channels === 1) return samples;
  const mono = new Int16Array(samples.length / channels);
  for (let index = 0; index < mono.length; index += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) sum += samples[index * channels + channel] ?? 0;
    mono[index] = Math.round(sum / channels);
  }
  return mono;
}

function toInt16(bytes: Buffer, format: SampleFormat): Int16Array {
  const { encoding, bits, isBigEndian } = format;
  const samples = new Int16Array(bytes.length / (bits / 8));
  if (encoding === 'integer' && bits === 16 && isBigEndian === (endianness() === 'BE')) {
    new Uint8Array(samples.buffer).set(bytes);
    return samples;
  }
  const read = readerOf(format);
  for (let index = 0; index < samples.length; index += 1) {
    const sample = Math.round(read(bytes, index * (bits / 8)));
    samples[index] = Math.max(-HIGHEST - 1, Math.min(HIGHEST, sample));
  }
  return samples;
}

/** Reads one sample as one of 16 bit. */
function readerOf({ encoding, bits, isBigEndian }: SampleFormat): (bytes: Buffer, at: number) => number {
  if (encoding === 'float') {
    return (bytes, at) => (isBigEndian ? bytes.readFloatBE(at) : bytes.readFloatLE(at)) * HIGHEST || 0;
  }
  // WAV has 8 bit samples without a sign.
  if (bits === 8) return (bytes, at) => (bytes.readUInt8(at) - 128) * 256;
  const scale = 2 ** (bits - 16);
  const length = bits / 8;
  return (bytes, at) => (isBigEndian ? bytes.readIntBE(at, length) : bytes.readIntLE(at, length)) / scale;
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function asBytes({ buffer, byteOffset, byteLength }: Int16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
