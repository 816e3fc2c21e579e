import { type Exchange, streamAnswer, type StreamTerms } from './exchange.ts';

const NOT_AUDIO = { contentType: 'text/html', text: '<html><body>Bad gateway</body></html>' };

/** Streams PCM in chunks; an odd `chunkBytes` cuts samples in half, as networks do. */
export async function answerSpeech(
  exchange: Exchange,
  pcm: Uint8Array,
  terms: StreamTerms & { chunkBytes: number },
): Promise<void> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < pcm.length; at += terms.chunkBytes) pieces.push(pcm.subarray(at, at + terms.chunkBytes));
  await streamAnswer(exchange, { contentType: 'audio/pcm', pieces, ending: '', garbage: NOT_AUDIO }, terms);
}
