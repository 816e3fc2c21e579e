import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { type AgentOptions, defineAgent, type TextToSpeech } from 'legato';
import { readConfig } from '../../config.ts';
import { missingServer, namedModel } from '../../worker/missing-servers.ts';

const anthropic = createAnthropic({ apiKey: 'none' });
const [claude, haiku] = [anthropic('claude-sonnet-5'), anthropic('claude-haiku-4-5')];
const own: TextToSpeech = { speak: () => [] as unknown as AsyncIterable<Uint8Array> };
const options = { name: 'shop', instructions: 'You help.', model: 'gpt-5.1', voice: 'alloy' } satisfies AgentOptions;

interface Case {
  readonly of: string;
  readonly agent: Partial<AgentOptions>;
  readonly env?: Readonly<Record<string, string>>;
  readonly missing?: RegExp;
}

const cases: readonly Case[] = [
  {
    of: 'a model that is named by a string needs the key of its server',
    agent: {},
    missing:
      /^OPENAI_API_KEY is missing; set it .* It is for the model 'gpt-5\.1', which is named by a string; a language/,
  },
  { of: 'with that key nothing is missing, and it is for the voice too', agent: {}, env: { OPENAI_API_KEY: 'sk' } },
  {
    of: 'a fallback model that is named by a string needs it beside a model of an AI SDK provider',
    agent: { model: claude, voice: own, fallbackModel: ['gpt-5-mini'] },
    missing: /^OPENAI_API_KEY is missing; .* for the model 'gpt-5-mini'/,
  },
  {
    of: 'where all models are of AI SDK providers a named voice needs a key of its own',
    agent: { model: claude, fallbackModel: haiku },
    missing: /^LEGATO_VOICE_API_KEY is missing; .* It is for the voice 'alloy'; a voice of your own needs no such key$/,
  },
  {
    of: 'with the key of the voice nothing is missing',
    agent: { model: claude, fallbackVoice: 'echo' },
    env: { LEGATO_VOICE_API_KEY: 'vk' },
  },
  { of: 'with an own voice nothing is missing', agent: { model: claude, voice: own } },
  {
    of: 'a named fallback voice beside an own voice needs a key',
    agent: { model: claude, voice: own, fallbackVoice: 'echo' },
    missing: /^LEGATO_FALLBACK_VOICE_API_KEY is missing; .* It is for the fallback voice 'echo'/,
  },
  {
    of: 'a named fallback voice that has its key misses nothing',
    agent: { model: claude, voice: own, fallbackVoice: 'echo' },
    env: { LEGATO_FALLBACK_VOICE_API_KEY: 'fk' },
  },
];

for (const { of, agent, env = {}, missing } of cases) {
  test(`missing servers: ${of}`, () => {
    const config = readConfig(env, { installed: true });
    const found = missingServer(defineAgent({ ...options, ...agent }), config);
    if (missing) assert.match(found ?? '', missing);
    else assert.equal(found, undefined);
  });
}

test('missing servers: in a checkout the scripted server stands in for all of them', () => {
  assert.equal(missingServer(defineAgent(options), readConfig({}, { installed: false })), undefined);
});

test('named model: it is the first that goes over the OpenAI wire, if one does', () => {
  const named = (agent: Partial<AgentOptions>) => namedModel(defineAgent({ ...options, ...agent }));
  assert.equal(named({ fallbackModel: claude }), 'gpt-5.1');
  assert.equal(named({ model: claude, fallbackModel: [haiku, { model: 'gpt-5-mini' }] }), 'gpt-5-mini');
  assert.equal(named({ model: claude, fallbackModel: haiku }), undefined);
});
