import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { type AgentOptions, defineAgent } from 'legato';
import { inspectProviders } from '../../../cli/doctor/inspect-providers.ts';
import { readConfig } from '../../../config.ts';

const claude = createAnthropic({ apiKey: 'sk-secret' })('claude-sonnet-5');
const gpt = createOpenAI({ apiKey: 'sk-secret' }).responses('gpt-5.1');
const options = { name: 'shop', instructions: 'You help.', model: claude, voice: 'alloy' } satisfies AgentOptions;

/** The lines of a project without keys, whose `legato dev` has no rules. */
async function linesOf(more: Partial<AgentOptions>): Promise<readonly string[]> {
  const config = readConfig({ LEGATO_REPLIES: '' }, { installed: true, hasReplies: () => false });
  const nowhere = { ...config, agent: '/nowhere/agent.ts' };
  const findings = await inspectProviders(nowhere, defineAgent({ ...options, ...more }));
  assert.doesNotMatch(JSON.stringify(findings), /sk-secret/);
  return findings.map(({ status, part, found }) => `${status} ${part}: ${found}`);
}

test('doctor: a model of an AI SDK provider is there without a key of ours, and the voice need not be', async () => {
  const [model = '', voice = '', ...others] = await linesOf({});
  assert.equal(
    model,
    'ok Model: anthropic.messages (claude-sonnet-5), by its AI SDK provider; whether its key is accepted shows in the first turn',
  );
  assert.match(voice, /^ok Voice: /);
  assert.deepEqual(others, []);
});

test('doctor: a fallback model that is named by a string misses its key', async () => {
  const [model = '', fallback = ''] = await linesOf({ fallbackModel: 'gpt-5-mini' });
  assert.match(model, /^ok Model: anthropic/);
  assert.match(fallback, /^missing Fallback model: OPENAI_API_KEY is missing; set it/);
});

test('doctor: fallback models of AI SDK providers have their lines, whatever the first model is', async () => {
  assert.match((await linesOf({ fallbackModel: gpt }))[1] ?? '', /^ok Fallback model: openai\.responses \(gpt-5\.1\)/);
  const [named = '', fallback = ''] = await linesOf({ model: 'gpt-5.1', fallbackModel: [claude] });
  assert.match(named, /^missing Model: OPENAI_API_KEY/);
  assert.match(fallback, /^ok Fallback model: anthropic\.messages \(claude-sonnet-5\)/);
});
