import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BYTES_PER_MS } from '../../../contract/audio.ts';
import { createOpenAISpeech } from '../../../providers/openai/speech.ts';
import {
  answerWith,
  asWav,
  chunkOf,
  emptyAnswer,
  type SpeechDialect,
} from '../../../providers/scripted/voice/speech-dialects.ts';
import { type Exchange, failureOf, NEVER, startExchange } from '../scripted-exchange.ts';

const SENTENCE = { text: 'Your order is on its way.', voice: 'alloy' };
const ODD_CHUNK = chunkOf('LIST', Buffer.from('odd'));

async function speak({ client }: Exchange): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(createOpenAISpeech(client).speak(SENTENCE, NEVER)));
}

/** What the book sends, and what comes of a dialect. */
async function bothWays(dialect: SpeechDialect, speechChunkBytes = 4_800) {
  await using exchange = await startExchange({ speechChunkBytes });
  const expected = await speak(exchange);
  exchange.server.script.speech = dialect;
  return { expected, spoken: await speak(exchange) };
}

const WAVS: readonly [what: string, dialect: SpeechDialect, speechChunkBytes?: number][] = [
  ['a WAV file', asWav()],
  ['a WAV file that is said to be PCM', asWav({ contentType: 'audio/pcm' })],
  ['a WAV file that is said to be a page', asWav({ contentType: 'text/html' })],
  ['a WAV file of which no length is known', asWav({ dataBytes: 0xffff_ffff })],
  ['a WAV file whose length was left at 0', asWav({ dataBytes: 0 })],
  ['a WAV file that goes on behind its length', asWav({ dataBytes: 4_800 })],
  ['a WAV file with other chunks, also odd ones', asWav({ before: [ODD_CHUNK], between: [ODD_CHUNK, ODD_CHUNK] })],
  ['a WAV file with a chunk behind the samples', asWav({ behind: [ODD_CHUNK] })],
  ['a WAV file whose header comes byte by byte', asWav({ between: [ODD_CHUNK] }), 1],
  ['a WAV file that the network cut in mid-sample', asWav(), 1_601],
  ['PCM that is said to be MP3', (bytes) => ({ contentType: 'audio/mpeg', bytes })],
  ['PCM of which nothing is said', (bytes) => ({ contentType: '', bytes })],
];

for (const [what, dialect, speechChunkBytes] of WAVS) {
  test(`speech: ${what} is heard as the same PCM is, and nothing else of it`, async () => {
    const { expected, spoken } = await bothWays(dialect, speechChunkBytes);
    assert.ok(spoken.equals(expected), `${spoken.length} bytes of ${expected.length}`);
  });
}

const RATES: readonly [what: string, dialect: SpeechDialect, times: number][] = [
  ['a WAV file of 48 kHz', asWav({ rateHz: 48_000 }), 0.5],
  ['a WAV file of 16 kHz', asWav({ rateHz: 16_000 }), 1.5],
  ['a WAV file of two channels', asWav({ channels: 2 }), 0.5],
  ['PCM with a rate in its content type', (bytes) => ({ contentType: 'audio/pcm;rate=12000', bytes }), 2],
  ['audio/L16 with a rate', (bytes) => ({ contentType: 'audio/L16; codec=pcm; rate=16000', bytes }), 1.5],
];

for (const [what, dialect, times] of RATES) {
  test(`speech: ${what} takes as long to say at 24 kHz, mono`, async () => {
    const { expected, spoken } = await bothWays(dialect);
    assert.ok(Math.abs(spoken.length - expected.length * times) <= BYTES_PER_MS, `${spoken.length} bytes`);
  });
}

const mp3 = Buffer.concat(
  Array.from({ length: 3 }, () => Buffer.concat([Buffer.from('fff344c4', 'hex'), Buffer.alloc(92)])),
);
const REFUSED: readonly [what: string, dialect: SpeechDialect, message: RegExp, retryable: boolean][] = [
  ['MP3 with a tag', answerWith('audio/pcm', 'ID3\x04'.padEnd(200, '\0')), /is MP3, but only PCM and WAV/, false],
  ['MP3 frames', answerWith('audio/pcm', mp3), /is MP3, but only PCM and WAV/, false],
  ['Ogg', answerWith('application/octet-stream', 'OggS'.padEnd(200, '\0')), /is Ogg, but only/, false],
  ['µ-law', answerWith('audio/basic', Buffer.alloc(200, 0xff)), /is 'audio\/basic', but only/, false],
  ['a WAV file with µ-law', asWav({ tag: 7, bits: 8, rateHz: 8_000 }), /is WAV with µ-law, but only/, false],
  ['a rate of 1 Hz', answerWith('audio/pcm;rate=1', Buffer.alloc(200)), /a sample rate of 1 Hz/, false],
  ['an error in JSON', answerWith('application/json', '{"error":"the words"}'), /is text and not audio/, true],
  [
    'an error that is said to be audio',
    answerWith('audio/pcm', '{"detail":"the words"}'),
    /is text and not audio/,
    true,
  ],
  ['a page', answerWith('text/html', '<html><body>Bad gateway</body></html>'), /is text and not audio/, true],
  ['no bytes', emptyAnswer, /the answer holds no audio; try again$/, true],
  ['a WAV file without samples', (_) => asWav()(new Uint8Array(0)), /the answer holds no audio; try again$/, true],
  ['half a sample', answerWith('audio/pcm', '\0'), /the answer holds no audio/, true],
];

for (const [what, dialect, message, retryable] of REFUSED) {
  test(`speech: ${what} is refused with a sentence, and nothing of it is heard`, async () => {
    await using exchange = await startExchange();
    exchange.server.script.speech = dialect;
    const failure = await failureOf(createOpenAISpeech(exchange.client).speak(SENTENCE, NEVER));
    assert.match(
      failure.message,
      /^Cannot get speech from model 'gpt-4o-mini-tts' with voice 'alloy' at '127.0.0.1:\d+'/,
    );
    assert.match(failure.message, message);
    assert.doesNotMatch(failure.message, /the words/);
    assert.equal(failure.retryable, retryable);
  });
}

test('speech: a server that has no PCM is asked for WAV at once, and from then on', async () => {
  await using exchange = await startExchange();
  const refused: string[] = [];
  exchange.server.script.refusesSpeech = ({ response_format: format }) =>
    format === 'pcm' ? { status: 400, message: 'response_format must be one of [wav]', param: '' } : undefined;
  const onRefused = (model: string, parameter: string): void => void refused.push(`${model} ${parameter}`);
  const speech = createOpenAISpeech(exchange.client, { onRefused });
  for (let count = 0; count < 2; count += 1) await Array.fromAsync(speech.speak(SENTENCE, NEVER));
  const formats = exchange.server.requests.speech.all.map(({ body }) => body.response_format);
  assert.deepEqual(formats, ['pcm', 'wav', 'wav']);
  assert.deepEqual(refused, ['gpt-4o-mini-tts response_format']);
});

test('speech: a manner that a model refuses is left out, and the sentence is said', async () => {
  await using exchange = await startExchange();
  exchange.server.script.refusesSpeech = (request) =>
    'instructions' in request ? { status: 422, message: 'instructions: extra inputs are not permitted' } : undefined;
  const spoken = createOpenAISpeech(exchange.client).speak({ ...SENTENCE, instructions: 'Warm' }, NEVER);
  assert.ok((await Array.fromAsync(spoken)).length > 0);
});
