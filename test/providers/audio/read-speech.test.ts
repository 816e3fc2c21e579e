import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readSpeech } from '../../../providers/audio/read-speech.ts';
import { wavOf } from '../../../providers/scripted/voice/speech-dialects.ts';
import { SAMPLE_RATE_HZ } from '../../../contract/audio.ts';

const TONE_HZ = 1_000;
const SECONDS = 0.5;
const LOUD = 16_000;

/** A tone in samples of one form; the same on all channels. */
function tone(rateHz: number, channels: number, write: (buffer: Buffer, sample: number, at: number) => number): Buffer {
  const buffer = Buffer.alloc(rateHz * SECONDS * channels * 4);
  let at = 0;
  for (let index = 0; index < rateHz * SECONDS; index += 1) {
    const sample = LOUD * Math.sin((2 * Math.PI * TONE_HZ * index) / rateHz);
    for (let channel = 0; channel < channels; channel += 1) at = write(buffer, sample, at);
  }
  return buffer.subarray(0, at);
}

async function read(bytes: Uint8Array, contentType?: string, pieceBytes = 1_001): Promise<Buffer> {
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
    bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  );
  return Buffer.concat(await Array.fromAsync(readSpeech(toStream(pieces), contentType)));
}

async function* toStream(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

/** How far the samples are from the tone at 24 kHz, apart from the edges. */
function farthest(pcm: Buffer): number {
  let distance = 0;
  for (let index = 200; index < pcm.length / 2 - 200; index += 1) {
    const expected = LOUD * Math.sin((2 * Math.PI * TONE_HZ * index) / SAMPLE_RATE_HZ);
    distance = Math.max(distance, Math.abs(pcm.readInt16LE(index * 2) - expected));
  }
  return distance;
}

const int16 = (buffer: Buffer, sample: number, at: number) => buffer.writeInt16LE(Math.round(sample), at);
const FORMS = [
  ['8 kHz', { rateHz: 8_000 }, int16],
  ['16 kHz', { rateHz: 16_000 }, int16],
  ['22.05 kHz', { rateHz: 22_050 }, int16],
  ['44.1 kHz in stereo', { rateHz: 44_100, channels: 2 }, int16],
  [
    '48 kHz in 24 bit',
    { rateHz: 48_000, bits: 24 },
    (buffer, sample, at) => buffer.writeIntLE(Math.round(sample * 256), at, 3),
  ],
  ['32 bit', { bits: 32 }, (buffer, sample, at) => buffer.writeInt32LE(Math.round(sample * 65_536), at)],
  ['8 bit', { bits: 8 }, (buffer, sample, at) => buffer.writeUInt8(Math.round(sample / 256) + 128, at)],
  ['floating point', { bits: 32, tag: 3 }, (buffer, sample, at) => buffer.writeFloatLE(sample / 32_767, at)],
] as const satisfies readonly (readonly [string, object, Parameters<typeof tone>[2]])[];

for (const [what, format, write] of FORMS) {
  test(`read speech: a tone in a WAV file of ${what} is the same tone at 24 kHz, as long and in its place`, async () => {
    const { rateHz = SAMPLE_RATE_HZ, channels = 1 } = format as { rateHz?: number; channels?: number };
    const pcm = await read(wavOf(tone(rateHz, channels, write), format));
    assert.ok(Math.abs(pcm.length / 2 - SAMPLE_RATE_HZ * SECONDS) <= 2, `${pcm.length / 2} samples`);
    const coarse = what === '8 bit' ? 256 : 0;
    assert.ok(farthest(pcm) < 40 + coarse, `${farthest(pcm)}`);
  });
}

test('read speech: big-endian samples are read as such where they are said to be', async () => {
  const bytes = tone(SAMPLE_RATE_HZ, 1, (buffer, sample, at) => buffer.writeInt16BE(Math.round(sample), at));
  assert.ok(farthest(await read(bytes, 'audio/L16;endianness=big-endian')) < 2);
});

test('read speech: WAV files that follow one another are all heard, without their headers', async () => {
  const samples = new Uint8Array(9_600).fill(7);
  const pcm = await read(Buffer.concat([wavOf(samples), wavOf(samples)]));
  assert.deepEqual([pcm.length, new Set(pcm)], [19_200, new Set([7])]);
});

test('read speech: a WAV file gives the same samples wherever the network cuts it', async () => {
  const file = wavOf(tone(16_000, 2, int16), { rateHz: 16_000, channels: 2 });
  const whole = await read(file, 'audio/wav', file.length);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5_000 }), async (bytes) => {
      assert.ok((await read(file, 'audio/wav', bytes)).equals(whole));
    }),
    { numRuns: 20, seed: 1 },
  );
});

test('read speech: loud samples that look like a frame of MP3 are samples', async () => {
  const bytes = Buffer.alloc(4_800, 0x40);
  bytes.set([0xff, 0xf3, 0x44, 0xc4]);
  assert.ok((await read(bytes)).equals(bytes));
});
