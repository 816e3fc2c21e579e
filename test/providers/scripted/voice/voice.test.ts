import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createOpenAISpeech } from '../../../../providers/openai/speech.ts';
import { resample } from '../../../../providers/scripted/voice/resample.ts';
import { BYTES_PER_MS } from '../../../../contract/audio.ts';
import { type Exchange, NEVER, startExchange } from '../../scripted-exchange.ts';

let exchange: Exchange;
before(async () => {
  exchange = await startExchange({ speech: 'espeak' });
});
after(() => exchange.server.stop());

async function say(text: string, voice = 'alloy'): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(createOpenAISpeech(exchange.client).speak({ text, voice }, NEVER)));
}

function loudnessOf(pcm: Buffer): number {
  let sum = 0;
  for (let at = 0; at < pcm.length; at += 2) sum += pcm.readInt16LE(at) ** 2;
  return Math.sqrt(sum / (pcm.length / 2));
}

test('espeak: a sentence is heard, and about as long as a person takes to say it', async () => {
  const pcm = await say('Your order is on its way. It should arrive on Tuesday.');
  const durationMs = pcm.length / BYTES_PER_MS;
  assert.ok(durationMs > 2_000 && durationMs < 5_000, `${durationMs} ms`);
  assert.ok(loudnessOf(pcm) > 500, `loudness ${loudnessOf(pcm)}`);
});

test('espeak: more words take longer', async () => {
  const [short, long] = await Promise.all([say('One moment.'), say('One moment, I will look up your order.')]);
  assert.ok(long.length > short.length * 1.5);
});

test('espeak: another voice sounds different, the same one again the same', async () => {
  const [alloy, nova, again] = [
    await say('Hello!', 'alloy'),
    await say('Hello!', 'nova'),
    await say('Hello!', 'alloy'),
  ];
  assert.ok(!alloy.equals(nova));
  assert.ok(alloy.equals(again));
});

test('espeak: text without a word to say is a moment of silence', async () => {
  const pcm = await say('…');
  assert.ok(pcm.length / BYTES_PER_MS < 200, `${pcm.length / BYTES_PER_MS} ms`);
  assert.equal(loudnessOf(pcm), 0);
});

test('resample: a tone keeps its pitch, loudness and duration', () => {
  const tone = (hz: number, samples: number) =>
    Int16Array.from({ length: samples }, (_, at) => Math.round(8_000 * Math.sin((2 * Math.PI * 440 * at) / hz)));
  const resampled = resample(tone(22_050, 22_050), 22_050, 24_000);
  const expected = tone(24_000, 24_000);
  assert.equal(resampled.length, expected.length);
  const inner = Array.from(resampled.subarray(100, -100), (sample, at) => Math.abs(sample - (expected[at + 100] ?? 0)));
  assert.ok(Math.max(...inner) < 80, `differs by ${Math.max(...inner)}`);
});
