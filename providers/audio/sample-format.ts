import { SAMPLE_RATE_HZ } from '../../contract/audio.ts';

/** How samples without a header of their own are written. Those of several channels alternate. */
export interface SampleFormat {
  readonly encoding: 'integer' | 'float';
  readonly bits: number;
  readonly rateHz: number;
  readonly channels: number;
  readonly isBigEndian: boolean;
}

/** As all speech in Legato is. */
export const SPEECH_FORMAT: SampleFormat = {
  encoding: 'integer',
  bits: 16,
  rateHz: SAMPLE_RATE_HZ,
  channels: 1,
  isBigEndian: false,
};

const LOWEST_RATE_HZ = 4_000;
const HIGHEST_RATE_HZ = 192_000;
const MOST_CHANNELS = 8;
const BITS = { integer: [8, 16, 24, 32], float: [32] } as const satisfies Record<SampleFormat['encoding'], number[]>;

/** Why samples of this format cannot be read; undefined if they can. */
export function formatFault({ encoding, bits, rateHz, channels }: SampleFormat): string | undefined {
  if (!(BITS[encoding] as readonly number[]).includes(bits)) return `samples of ${bits} bit`;
  if (!(rateHz >= LOWEST_RATE_HZ && rateHz <= HIGHEST_RATE_HZ)) return `a sample rate of ${rateHz} Hz`;
  if (!(channels >= 1 && channels <= MOST_CHANNELS)) return `${channels} channels`;
  return undefined;
}

export function isSpeechFormat(format: SampleFormat): boolean {
  const names = Object.keys(SPEECH_FORMAT) as (keyof SampleFormat)[];
  return names.every((name) => format[name] === SPEECH_FORMAT[name]);
}
