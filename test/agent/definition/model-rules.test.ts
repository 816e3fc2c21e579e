import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { createAnthropic as createAnthropicV3 } from 'ai-sdk-anthropic-v3';
import { AgentDefinitionError, type AgentOptions, type AiSdkModel, defineAgent, defineTool } from 'legato';
import { z } from 'zod';
import type { CallOptions } from '../../../providers/ai-sdk/model-object.ts';

const claude = createAnthropic({ apiKey: 'none' })('claude-sonnet-5');
const gpt = createOpenAI({ apiKey: 'none' }).responses('gpt-5.1');
const options = { name: 'shop', instructions: 'You help.', voice: 'alloy', model: claude } satisfies AgentOptions;

/** As an author without types could write them. */
function faultsOf(more: object): readonly string[] {
  try {
    defineAgent({ ...options, ...more });
    return [];
  } catch (error) {
    assert.ok(error instanceof AgentDefinitionError);
    return error.faults;
  }
}

test('models: what Legato calls a model of the AI SDK is what its interface says', () => {
  const model: AiSdkModel = claude satisfies LanguageModelV4;
  const earlier: AiSdkModel = createAnthropicV3({ apiKey: 'none' })('claude-sonnet-5');
  const call = { prompt: [{ role: 'system', content: 'You help.' }], reasoning: 'low' } satisfies CallOptions;
  const sent: LanguageModelV4CallOptions = call satisfies LanguageModelV4CallOptions;
  assert.deepEqual([model.specificationVersion, earlier.specificationVersion, sent.prompt.length], ['v4', 'v3', 1]);
});

test('models: an object goes by its name, and stays beside it', () => {
  const agent = defineAgent({ ...options, temperature: 0.5, fallbackModel: [gpt, 'gpt-5-mini', { model: claude }] });
  assert.deepEqual([agent.model, agent.modelObject], ['claude-sonnet-5', claude]);
  assert.deepEqual(agent.fallbackModels, [
    { model: 'gpt-5.1', object: gpt, temperature: 0.5 },
    { model: 'gpt-5-mini', temperature: 0.5 },
    { model: 'claude-sonnet-5', object: claude },
  ]);
});

test('models: an unknown version of the interface is one sentence when the agent is loaded', () => {
  for (const version of ['v2', 'v9', undefined]) {
    const model = { specificationVersion: version, provider: 'acme', modelId: 'm-1', doStream: () => undefined };
    const sentence = `is the model 'm-1' with version '${String(version)}' of the AI SDK's interface for language models, of which Legato speaks 'v3' and 'v4'; install a version of its provider package that has one of them`;
    assert.deepEqual(faultsOf({ model }), [`'model' ${sentence}`]);
    assert.deepEqual(faultsOf({ fallbackModel: [model, { model }] }), [
      `'fallbackModel' ${sentence}`,
      `'fallbackModel' ${sentence}`,
    ]);
  }
});

test('models: a provider that was not asked for a model is no model', () => {
  const [fault = ''] = faultsOf({ model: createAnthropic({ apiKey: 'none' }) });
  assert.match(fault, /^'model' must be a non-empty string: the model's name, .* got a function$/);
});

test('models: the model itself is no fallback', () => {
  assert.match(faultsOf({ fallbackModel: claude }).join(), /'claude-sonnet-5', which is 'model' itself/);
});

test('models: how long to think is a fault where the interface has no word for it', () => {
  const model = createAnthropicV3({ apiKey: 'none' })('claude-sonnet-4-5');
  assert.match(faultsOf({ model, reasoningEffort: 'low' }).join(), /^'reasoningEffort' cannot be given to the model/);
  assert.deepEqual(faultsOf({ model }), []);
  assert.deepEqual(faultsOf({ reasoningEffort: 'low' }), []);
});

const run = () => ({ ok: true });

test('models: a tool that a model cannot be given is a fault of the agent, in its words', () => {
  const umlaut = defineTool({
    ...{ name: 'look_up', description: 'Looks up', effect: 'read', run },
    input: z.object({ straße: z.string() }),
  });
  const [fault = '', ...others] = faultsOf({ tools: [umlaut] });
  assert.match(
    fault,
    /^tool 'look_up': cannot be given to the model 'claude-sonnet-5': its argument 'straße' must have a name of 1 to 64 letters/,
  );
  assert.deepEqual(others, []);
  assert.deepEqual(faultsOf({ model: gpt, tools: [umlaut] }), []);
  const digit = defineTool({
    ...{ name: '2nd_look', description: 'Looks again', effect: 'read', run },
    input: z.object({}),
  });
  const gemini = {
    ...gpt,
    specificationVersion: 'v4',
    provider: 'google.generative-ai',
    modelId: 'gemini',
    doStream: run,
  };
  assert.match(
    faultsOf({ model: gemini, tools: [digit] }).join(),
    /its name must begin with a letter or an underscore/,
  );
});
