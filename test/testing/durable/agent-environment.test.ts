import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../../config.ts';
import { agentEnvironment } from '../../../testing/durable/agent-environment.ts';

const modelUrl = 'http://127.0.0.1:1/v1';

test('agent environment: the voice of the tester’s environment is not that of the agent’s processes', () => {
  const tester = {
    ...{ LEGATO_VOICE_API_KEY: 'vk', LEGATO_VOICE_BASE_URL: 'http://localhost:2/v1', LEGATO_VOICE_MODEL: 'kokoro' },
    ...{ LEGATO_FALLBACK_VOICE_API_KEY: 'fk', LEGATO_FALLBACK_VOICE_BASE_URL: 'http://localhost:4/v1' },
    ...{ LEGATO_FALLBACK_VOICE_MODEL: 'kokoro', OPENAI_API_KEY: 'sk', OPENAI_BASE_URL: 'http://localhost:3/v1' },
  };
  const { openai, voice, fallbackVoice } = readConfig(agentEnvironment({ tester, modelUrl }));
  assert.deepEqual(openai, { apiKey: 'none', baseURL: modelUrl });
  assert.deepEqual([voice, fallbackVoice], [openai, undefined]);
});

test('agent environment: what the test gives counts over what the processes are given', () => {
  const own = { LEGATO_VOICE_API_KEY: 'own', LEGATO_VOICE_BASE_URL: 'http://localhost:4/v1', LEGATO_AGENT: 'a.ts' };
  const config = readConfig(agentEnvironment({ tester: { LEGATO_AGENT: 'b.ts' }, modelUrl, own }));
  assert.deepEqual(config.voice, { apiKey: 'own', baseURL: 'http://localhost:4/v1' });
  assert.equal(config.agent, 'a.ts');
});
