import assert from 'node:assert/strict';
import { test } from 'node:test';
import { totalUsage } from '../../turn/usage.ts';

test('usage: what a model was used for is added up, each model apart, in the order of their first use', () => {
  const used = [
    { model: 'claude', inputTokens: 10, cachedInputTokens: 4, outputTokens: 2 },
    { model: 'gpt', inputTokens: 7, outputTokens: 1, reasoningTokens: 0 },
    { model: 'claude', inputTokens: 5, outputTokens: 3, reasoningTokens: 2 },
  ];
  assert.deepEqual(totalUsage(used), [
    { model: 'claude', inputTokens: 15, cachedInputTokens: 4, outputTokens: 5, reasoningTokens: 2 },
    { model: 'gpt', inputTokens: 7, outputTokens: 1, reasoningTokens: 0 },
  ]);
});

test('usage: what no provider counts is not counted as none', () => {
  assert.deepEqual(totalUsage([{ model: 'm', outputTokens: 3 }]), [{ model: 'm', outputTokens: 3 }]);
  assert.deepEqual(totalUsage([]), []);
});
