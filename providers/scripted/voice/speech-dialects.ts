import { Buffer } from 'node:buffer';
import { SAMPLE_RATE_HZ } from '../../../contract/audio.ts';

/** An answer with speech, as bytes. */
export interface SpeechBytes {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** How a server sends speech that does not do it by the book: `pcm` is what it would have sent. */
export type SpeechDialect = (pcm: Uint8Array) => SpeechBytes;

export const asPcm: SpeechDialect = (bytes) => ({ contentType: 'audio/pcm', bytes });

/** 200, and nothing. */
export const emptyAnswer: SpeechDialect = () => ({ contentType: 'audio/pcm', bytes: new Uint8Array(0) });

/** Whatever it was asked for. */
export function answerWith(contentType: string, bytes: Uint8Array | string): SpeechDialect {
  return () => ({ contentType, bytes: Buffer.from(bytes as string) });
}

export interface WavOptions {
  readonly contentType?: string;
  readonly rateHz?: number;
  readonly channels?: number;
  readonly bits?: number;
  /** 1: PCM; 3: floating point. */
  readonly tag?: number;
  /** In place of the real length of the samples. */
  readonly dataBytes?: number;
  /** Chunks before the format, between it and the samples, and behind them. */
  readonly before?: readonly Uint8Array[];
  readonly between?: readonly Uint8Array[];
  readonly behind?: readonly Uint8Array[];
}

/** A WAV file with the samples as they are. */
export function asWav({ contentType = 'audio/wav', ...options }: WavOptions = {}): SpeechDialect {
  return (pcm) => ({ contentType, bytes: wavOf(pcm, options) });
}

export function wavOf(samples: Uint8Array, options: Omit<WavOptions, 'contentType'> = {}): Uint8Array {
  const { rateHz = SAMPLE_RATE_HZ, channels = 1, bits = 16, tag = 1, dataBytes = samples.length } = options;
  const { before = [], between = [], behind = [] } = options;
  const format = Buffer.alloc(16);
  format.writeUInt16LE(tag, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rateHz, 4);
  format.writeUInt32LE((rateHz * channels * bits) / 8, 8);
  format.writeUInt16LE((channels * bits) / 8, 12);
  format.writeUInt16LE(bits, 14);
  const padding = Buffer.alloc(samples.length % 2);
  const chunks = [...before, chunkOf('fmt ', format), ...between];
  const body = Buffer.concat([...chunks, chunkHeader('data', dataBytes), samples, padding, ...behind]);
  return Buffer.concat([chunkHeader('RIFF', Math.min(4 + body.length, 0xffff_ffff)), Buffer.from('WAVE'), body]);
}

export function chunkOf(name: string, content: Uint8Array): Uint8Array {
  return Buffer.concat([chunkHeader(name, content.length), content, Buffer.alloc(content.length % 2)]);
}

function chunkHeader(name: string, length: number): Uint8Array {
  const header = Buffer.alloc(8);
  header.write(name, 0, 'latin1');
  header.writeUInt32LE(length, 4);
  return header;
}
