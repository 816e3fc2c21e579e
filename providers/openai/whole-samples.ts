import { Buffer } from 'node:buffer';

/** The same bytes in chunks of whole 16 bit samples, wherever the network cut them; half a sample at the very end is dropped. */
export async function* wholeSamples(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let half: Uint8Array | undefined;
  for await (const chunk of chunks) {
    const bytes: Uint8Array = half === undefined ? chunk : Buffer.concat([half, chunk]);
    const wholeBytes = bytes.length - (bytes.length % 2);
    half = wholeBytes < bytes.length ? bytes.subarray(wholeBytes) : undefined;
    if (wholeBytes > 0) yield bytes.subarray(0, wholeBytes);
  }
}
