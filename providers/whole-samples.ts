import { Buffer } from 'node:buffer';

/** The same bytes in chunks of whole 16 bit samples, wherever they were cut; half a sample at the very end is dropped. Everything else is passed on. */
export async function* wholeSamples<Other = never>(
  pieces: AsyncIterable<Uint8Array | Other>,
): AsyncGenerator<Uint8Array | Other, void> {
  let half: Uint8Array | undefined;
  for await (const piece of pieces) {
    if (!(piece instanceof Uint8Array)) {
      yield piece;
      continue;
    }
    const bytes: Uint8Array = half === undefined ? piece : Buffer.concat([half, piece]);
    const wholeBytes = bytes.length - (bytes.length % 2);
    half = wholeBytes < bytes.length ? bytes.subarray(wholeBytes) : undefined;
    if (wholeBytes > 0) yield bytes.subarray(0, wholeBytes);
  }
}
