const SAMPLE_RATE_HZ = 24_000;
const BYTES_PER_SAMPLE = 2;
/** Stands for a length that is not known yet. */
const UNKNOWN_LENGTH = 0xffff_ffff;

export const WAV_HEADER_BYTES = 44;

/**
 * The bytes before the samples: PCM, 24 kHz, mono, 16 bit (RIFF WAVE, format tag 1). Without `dataBytes`, the size of all
 * samples, it is the header of a stream whose length is not known yet.
 */
export function wavHeader(dataBytes?: number): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  // What follows this field: all but its own 8 bytes.
  header.writeUInt32LE(dataBytes === undefined ? UNKNOWN_LENGTH : WAV_HEADER_BYTES - 8 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  header.writeUInt32LE(SAMPLE_RATE_HZ * BYTES_PER_SAMPLE, 28);
  header.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  header.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes ?? UNKNOWN_LENGTH, 40);
  return header;
}
