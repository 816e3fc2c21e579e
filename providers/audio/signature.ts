import { Buffer } from 'node:buffer';

/** `unclear`: more bytes are needed. `none`: they begin like nothing that is known, as samples do. */
export type Signature = 'wav' | 'text' | 'unclear' | 'none' | { readonly format: string };

interface Mark {
  readonly format: string;
  readonly at: number;
  readonly bytes: string;
}

const MARKS: readonly Mark[] = [
  { format: 'MP3', at: 0, bytes: 'ID3' },
  { format: 'Ogg', at: 0, bytes: 'OggS' },
  { format: 'FLAC', at: 0, bytes: 'fLaC' },
  { format: 'WebM', at: 0, bytes: '\x1a\x45\xdf\xa3' },
  { format: 'MP4', at: 4, bytes: 'ftyp' },
  { format: 'AIFF', at: 8, bytes: 'AIF' },
  { format: 'AU', at: 0, bytes: '.snd' },
  { format: 'CAF', at: 0, bytes: 'caff' },
];
/** So many bytes are looked at; that is less than a millisecond of audio. */
const LOOKED_AT_BYTES = 32;
/** Loud samples of one sign look like text, but not so many in a row, at the beginning. */
const TEXT = /^(?:\xef\xbb\xbf)?[\t\n\r\x20-\x7e]+$/;
const WAV = /^(?:RIFF|RF64)[^]{4}WAVE/;

/**
 * What bytes begin with. Samples may begin with anything, so what looks like a frame of MP3 or AAC counts only where the
 * next one follows it. `isWhole`: no more bytes will come.
 */
export function signatureOf(bytes: Uint8Array, isWhole: boolean): Signature {
  if (bytes.length < LOOKED_AT_BYTES && !isWhole) return 'unclear';
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, LOOKED_AT_BYTES)).toString('latin1');
  if (WAV.test(start)) return 'wav';
  const mark = MARKS.find(({ at, bytes: wanted }) => start.startsWith(wanted, at));
  if (mark) return { format: mark.format };
  if (TEXT.test(start)) return 'text';
  return framesIn(bytes, isWhole);
}

function framesIn(bytes: Uint8Array, isWhole: boolean): Signature {
  const first = frameAt(bytes, 0);
  if (!first) return 'none';
  if (bytes.length < first.length + FRAME_HEADER_BYTES && !isWhole) return 'unclear';
  const isFollowed = bytes.length === first.length || frameAt(bytes, first.length)?.format === first.format;
  return isFollowed ? { format: first.format } : 'none';
}

const FRAME_HEADER_BYTES = 6;
/** In kbit/s, by MPEG version and layer. */
const BITRATES: Readonly<Record<string, readonly number[]>> = {
  '1/3': [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '1/2': [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '2/3': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '2/2': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const MPEG_RATES_HZ = [44_100, 48_000, 32_000];

interface Frame {
  readonly format: 'MP3' | 'AAC';
  readonly length: number;
}

/** The header of an MPEG audio frame of ISO 11172-3 and 13818-3, or of an ADTS frame of ISO 13818-7. */
function frameAt(bytes: Uint8Array, at: number): Frame | undefined {
  const [sync = 0, kind = 0, third = 0, fourth = 0, fifth = 0, sixth = 0] = bytes.subarray(at, at + FRAME_HEADER_BYTES);
  if (sync !== 0xff || kind < 0xe0) return undefined;
  const layer = 4 - ((kind >> 1) & 3);
  if (layer === 4 && kind >= 0xf0) {
    const length = ((fourth & 3) << 11) | (fifth << 3) | (sixth >> 5);
    return length > FRAME_HEADER_BYTES ? { format: 'AAC', length } : undefined;
  }
  const version = (kind >> 3) & 3;
  const isFirst = version === 3;
  const bitrate = BITRATES[`${isFirst ? 1 : 2}/${layer}`]?.[(third >> 4) - 1];
  const fullRate = MPEG_RATES_HZ[(third >> 2) & 3];
  if (version === 1 || bitrate === undefined || fullRate === undefined) return undefined;
  const rateHz = fullRate / [4, 1, 2, 1][version]!;
  const slots = layer === 3 && !isFirst ? 72 : 144;
  return { format: 'MP3', length: Math.floor((slots * bitrate * 1_000) / rateHz) + ((third >> 1) & 1) };
}
