import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call } from 'legato/testing';
import type { ModelChunk } from '../../../providers/model.ts';
import { createOpenAIClient } from '../../../providers/openai/client.ts';
import { createOpenAIModel } from '../../../providers/openai/model.ts';
import { startAgentProcess } from '../../../testing/durable/agent-process.ts';
import { serveScript } from '../../../testing/durable/wire-model.ts';

async function ask(baseURL: string, said: string): Promise<readonly ModelChunk[]> {
  const model = createOpenAIModel(createOpenAIClient({ apiKey: 'none', baseURL }));
  const request = {
    model: 'm',
    messages: [{ role: 'user', text: said } as const],
    tools: [],
    toolChoice: 'auto',
  } as const;
  return Array.fromAsync(model.reply(request, new AbortController().signal));
}

test('serveScript: words and calls go over the OpenAI wire', async () => {
  await using server = await serveScript([{ reply: { text: 'Let me see.', calls: [call('find', { id: '1' })] } }]);
  assert.deepEqual(await ask(server.url, 'Hi'), [
    { type: 'text', text: 'Let me see.' },
    { type: 'call', index: 0, id: 'call_0', name: 'find', arguments: '{"id":"1"}' },
  ]);
});

test('serveScript: words without a rule are refused, and the fault is kept for the test', async () => {
  await using server = await serveScript([{ when: 'bye', reply: 'Bye.' }]);
  await assert.rejects(ask(server.url, 'Hi'));
  assert.match(String(server.fault()), /No rule of the script fits 'Hi'/);
});

test('startAgentProcess: where the process ends at once its output is told', async () => {
  const { PATH } = process.env;
  const starting = startAgentProcess({ PATH, OPENAI_API_KEY: 'none', LEGATO_AGENT: 'no-agent.ts' });
  await assert.rejects(
    starting,
    /^Error: Cannot start the agent: its process ended at once:\nTEMPORAL_ADDRESS is missing/,
  );
});
