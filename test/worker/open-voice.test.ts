import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AgentOptions, defineAgent, type SpeechRequest, type TextToSpeech } from 'legato';
import pino from 'pino';
import { AuthorCode } from '../../live/calls/author-code.ts';
import { synthesise } from '../../live/speech/synthesise.ts';
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
  await Array.fromAsync(synthesise(text, { ...voice, clock: processClock, signal }));
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
