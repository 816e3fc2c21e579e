import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

/** The two length fields of a RIFF WAVE file: where each is, and how many bytes come before what it counts. */
const LENGTHS = [
  { at: 4, before: 8 },
  { at: 40, before: 44 },
];

/** Writes a WAV stream, whose header does not know the length, as a file whose header does. */
export async function writeWav(stream: ReadableStream<Uint8Array>, path: string): Promise<void> {
  await pipeline(Readable.fromWeb(stream), createWriteStream(path));
  await using file = await open(path, 'r+');
  const { size } = await file.stat();
  const field = Buffer.alloc(4);
  for (const { at, before } of LENGTHS) {
    field.writeUInt32LE(Math.max(0, size - before));
    await file.write(field, 0, field.length, at);
  }
}
