/** All speech in Legato: signed 16 bit little endian samples, mono. */
export const SAMPLE_RATE_HZ = 24_000;
export const BYTES_PER_MS = (SAMPLE_RATE_HZ * 2) / 1000;
