import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpenAISpeech } from '../../../providers/openai/speech.ts';
import { BYTES_PER_MS } from '../../../contract/audio.ts';
import { NEVER, startExchange } from '../scripted-exchange.ts';

const SENTENCE = { text: 'Your order is on its way.', voice: 'alloy' };

test('speech: model, voice, text and format go over the wire', async () => {
  await using exchange = await startExchange();
  await Array.fromAsync(createOpenAISpeech(exchange.client).speak(SENTENCE, NEVER));
  assert.deepEqual(exchange.server.requests.speech.last?.body, {
    model: 'gpt-4o-mini-tts',
    input: SENTENCE.text,
    voice: 'alloy',
    response_format: 'pcm',
  });
});

test('speech: speed and instructions go over the wire, and the language, for which it has no field, does not', async () => {
  await using exchange = await startExchange();
  const request = { ...SENTENCE, speed: 1.5, instructions: 'Warm', language: 'de' };
  await Array.fromAsync(createOpenAISpeech(exchange.client).speak(request, NEVER));
  const { speed, instructions, language } = { ...exchange.server.requests.speech.last?.body } as Record<
    string,
    unknown
  >;
  assert.deepEqual([speed, instructions, language], [1.5, 'Warm', undefined]);
});

test('speech: another model can be named', async () => {
  await using exchange = await startExchange();
  await Array.fromAsync(createOpenAISpeech(exchange.client, { model: 'kokoro' }).speak(SENTENCE, NEVER));
  assert.equal(exchange.server.requests.speech.last?.body.model, 'kokoro');
});

test('speech: chunks that the network cut in mid-sample arrive as whole samples, with nothing lost', async () => {
  await using even = await startExchange();
  await using odd = await startExchange({ speechChunkBytes: 1_601, delays: { voiceChunkMs: 1 } });
  const whole = await Array.fromAsync(createOpenAISpeech(even.client).speak(SENTENCE, NEVER));
  const cut = await Array.fromAsync(createOpenAISpeech(odd.client).speak(SENTENCE, NEVER));
  assert.deepEqual(
    cut.filter((chunk) => chunk.length % 2 !== 0),
    [],
  );
  assert.deepEqual(Buffer.concat(cut), Buffer.concat(whole));
  assert.ok(cut.length > 1);
});

test('speech: a tone lasts as long as its text would take to say, and is heard', async () => {
  await using exchange = await startExchange();
  const chunks = await Array.fromAsync(createOpenAISpeech(exchange.client).speak(SENTENCE, NEVER));
  const pcm = Buffer.concat(chunks);
  assert.equal(pcm.length, SENTENCE.text.length * 55 * BYTES_PER_MS);
  assert.ok(pcm.readInt16LE(50) !== 0);
});

test('speech: an abort in mid-stream ends the iteration with its reason and closes the request', async () => {
  await using exchange = await startExchange();
  exchange.server.failNext({ endpoint: 'speech', kind: 'hang', afterTokens: 2 });
  const abort = new AbortController();
  await assert.rejects(
    async () => {
      for await (const chunk of createOpenAISpeech(exchange.client).speak(SENTENCE, abort.signal)) {
        assert.ok(chunk.length > 0);
        abort.abort('barge-in');
      }
    },
    (reason) => reason === 'barge-in',
  );
  assert.equal(await exchange.server.requests.speech.last?.closed, 'aborted');
});

test('speech: an abort before the first sample ends the iteration with its reason and closes the request', async () => {
  await using exchange = await startExchange();
  exchange.server.failNext({ endpoint: 'speech', kind: 'hang' });
  const abort = new AbortController();
  const speech = Array.fromAsync(createOpenAISpeech(exchange.client).speak(SENTENCE, abort.signal));
  const request = await exchange.server.requests.speech.arrival(1);
  abort.abort('barge-in');
  await assert.rejects(speech, (reason) => reason === 'barge-in');
  assert.equal(await request.closed, 'aborted');
});

test('speech: a reader that stops early closes the request', async () => {
  await using exchange = await startExchange();
  exchange.server.failNext({ endpoint: 'speech', kind: 'hang', afterTokens: 1 });
  for await (const _ of createOpenAISpeech(exchange.client).speak(SENTENCE, NEVER)) break;
  assert.equal(await exchange.server.requests.speech.last?.closed, 'aborted');
});
