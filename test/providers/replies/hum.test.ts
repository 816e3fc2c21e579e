import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BYTES_PER_MS } from '../../../contract/audio.ts';
import { createHummingVoice } from '../../../providers/replies/hum.ts';
import type { WordTiming } from '../../../providers/text-to-speech.ts';

test('hum: a sentence is as long as its text, and the last word ends with it', async () => {
  const timings: WordTiming[] = [];
  let bytes = 0;
  const request = { text: 'It was shipped.', voice: 'alloy' };
  for await (const piece of createHummingVoice().speak(request, new AbortController().signal)) {
    if (piece instanceof Uint8Array) bytes += piece.byteLength;
    else timings.push(piece);
  }
  assert.deepEqual(
    timings.map(({ endCharacter }) => request.text.slice(0, endCharacter)),
    ['It', 'It was', 'It was shipped.'],
  );
  assert.equal(bytes, (timings.at(-1)?.endMs ?? 0) * BYTES_PER_MS);
});
