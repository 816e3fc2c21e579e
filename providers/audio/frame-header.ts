export const FRAME_HEADER_BYTES = 6;
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
export function frameAt(bytes: Uint8Array, at: number): Frame | undefined {
  const header = bytes.subarray(at, at + FRAME_HEADER_BYTES);
  const [sync = 0, kind = 0] = header;
  if (header.length < FRAME_HEADER_BYTES || sync !== 0xff || kind < 0xe0) return undefined;
  const layer = 4 - ((kind >> 1) & 3);
  return layer === 4 ? adtsFrame(header) : mpegFrame(header, layer);
}

function adtsFrame([, kind = 0, , fourth = 0, fifth = 0, sixth = 0]: Uint8Array): Frame | undefined {
  const length = ((fourth & 3) << 11) | (fifth << 3) | (sixth >> 5);
  return kind >= 0xf0 && length > FRAME_HEADER_BYTES ? { format: 'AAC', length } : undefined;
}

/** Of 44.1, 48 or 32 kHz, by the bits for the version: a half or a quarter of these are later versions. */
const DIVISORS: readonly (number | undefined)[] = [4, undefined, 2, 1];

function mpegFrame([, kind = 0, third = 0]: Uint8Array, layer: number): Frame | undefined {
  const divisor = DIVISORS[(kind >> 3) & 3];
  const bitrate = BITRATES[`${divisor === 1 ? 1 : 2}/${layer}`]?.[(third >> 4) - 1];
  const fullRateHz = MPEG_RATES_HZ[(third >> 2) & 3];
  if (divisor === undefined || bitrate === undefined || fullRateHz === undefined) return undefined;
  const slots = layer === 3 && divisor > 1 ? 72 : 144;
  const padding = (third >> 1) & 1;
  return { format: 'MP3', length: Math.floor((slots * bitrate * 1_000 * divisor) / fullRateHz) + padding };
}
