import { Buffer } from 'node:buffer';
import { FRAME_HEADER_BYTES, frameAt } from './frame-header.ts';

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
