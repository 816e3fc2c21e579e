import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AgentOptions, defineAgent, type SpeechRequest, type TextToSpeech } from 'legato';
import pino from 'pino';
import { SpeechVoices } from '../../live/speech/speech-voices.ts';
import { ProviderFailure } from '../../providers/failure.ts';
import { TestClock } from '../test-clock.ts';
import { createMetrics } from '../../worker/metrics.ts';
import { LogLines } from '../log-lines.ts';
import { createLogger } from '../../cli/logger.ts';
import { AuthorCode } from '../../live/calls/author-code.ts';
import { processClock } from '../../time/clock.ts';
import { openVoice } from '../../worker/open-voice.ts';

const logger = pino({ level: 'silent' });
const signal = new AbortController().signal;

/** A voice that keeps what it was asked for. */
function keep() {
  const asked: SpeechRequest[] = [];
  const voice: TextToSpeech = {
    async *speak(request) {
      asked.push(request);
      yield Uint8Array.of(1, 2);
    },
  };
  return { asked, voice };
}

async function say(text: string, { speech, options }: { speech: TextToSpeech; options: Partial<AgentOptions> }) {
  const agent = defineAgent({ name: 'shop', instructions: 'Help.', model: 'm', voice: 'alloy', ...options });
  const voice = openVoice({ speech, agent, authors: new AuthorCode(), logger });
  await Array.fromAsync(new SpeechVoices(voice).say(text, { clock: processClock, signal }));
}

test('voice: the speech server is asked for the agent’s voice, in its manner and language', async () => {
  const server = keep();
  const options = { voiceSpeed: 1.5, voiceInstructions: 'Warm', language: 'DE-ch', apology: 'Es tut mir leid.' };
  await say('Guten Tag.', { speech: server.voice, options });
  const manner = { voice: 'alloy', language: 'de-CH', speed: 1.5, instructions: 'Warm' };
  assert.deepEqual(server.asked, [
    { ...manner, text: 'Es tut mir leid.' },
    { ...manner, text: 'Guten Tag.' },
  ]);
});

test('voice: an agent’s own voice says everything, the apology in advance, and the speech server nothing', async () => {
  const [server, own] = [keep(), keep()];
  const options = { voice: own.voice, apology: 'Oh no.' };
  await say('Oh no.', { speech: server.voice, options });
  assert.deepEqual(server.asked, []);
  assert.deepEqual(new Set(own.asked.map(({ text }) => text)), new Set(['Oh no.']));
  assert.deepEqual(own.asked[0], { text: 'Oh no.', voice: 'own', language: 'en' });
});

test('voice: what is not data of an agent’s own voice is no part of what a turn begins with', () => {
  const agent = defineAgent({ name: 'shop', instructions: 'Help.', model: 'm', voice: keep().voice });
  assert.deepEqual(Object.keys(agent.terms).sort(), ['apology', 'deadlineMs', 'maxRounds']);
  assert.equal(agent.voice, 'own');
});

test('voice: one that fails is one line of the log and a metric until it speaks again, however many sentences it does not say', async () => {
  let isDown = true;
  const speech: TextToSpeech = {
    async *speak() {
      if (isDown) throw new ProviderFailure('no speech', { retryable: false, status: 401 });
      yield Uint8Array.of(1, 2);
    },
  };
  const [log, clock, metrics] = [new LogLines(), new TestClock(), createMetrics()];
  const agent = defineAgent({ name: 'shop', instructions: 'Help.', model: 'm', voice: 'alloy' });
  const voice = openVoice({
    ...{ speech, agent, clock, authors: new AuthorCode(), voiceMeter: metrics.voices },
    logger: createLogger({ level: 'info', form: 'json', to: log }),
  });
  const say = (text: string) => Array.fromAsync(new SpeechVoices(voice).say(text, { clock, signal }));
  const isResting = async () =>
    /legato_voice_resting{voice="alloy"} (.)/.exec((await metrics.read({ size: 0, openClaims: 0 })).text)?.[1];
  assert.equal(await isResting(), '0');
  for (let count = 0; count < 3; count += 1) {
    await assert.rejects(say('Hello.'), /no speech/);
    await assert.rejects(say('Hello again.'), /rests after a failure: no speech/);
    await clock.advance(60_000);
  }
  assert.equal(await isResting(), '1');
  isDown = false;
  await say('Hello.');
  assert.equal(await isResting(), '0');
  const lines = log.all.filter(({ voice: named }) => named === 'alloy').map(({ msg }) => msg);
  assert.equal(lines.length, 2);
  assert.match(String(lines[0]), /^The voice has failed and rests; /);
  assert.equal(lines[1], 'The voice speaks again');
});

test('voice: the fallback voice says the apology in advance where the first one is down', async () => {
  const second = keep();
  const speech: TextToSpeech = {
    speak: () => {
      throw new ProviderFailure('down', { retryable: false, status: 401 });
    },
  };
  const agent = defineAgent({
    name: 'shop',
    instructions: 'Help.',
    model: 'm',
    voice: 'alloy',
    fallbackVoice: 'nova',
    apology: 'Oh no.',
  });
  openVoice({ ...{ speech, agent, logger }, fallbackSpeech: second.voice, authors: new AuthorCode() });
  while (second.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(second.asked, [{ text: 'Oh no.', voice: 'nova', language: 'en' }]);
});
