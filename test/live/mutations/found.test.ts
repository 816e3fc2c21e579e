import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playMutated } from './mutated-turn.ts';
import { none } from './mutations.ts';
import { servers } from './servers.ts';
import { replies } from './written-replies.ts';

// What random mutations have found, each at its smallest.

test('mutated streams: where a reply with thoughts in its words broke off, no space is lost before the word that it goes on with', async () => {
  const { words } = replies;
  const { turn } = await playMutated({
    ...{ server: servers['thinkTags'] ?? assert.fail(), reply: words },
    mutations: [{ ...none, cutAt: 3_246, sizes: [1] }],
  });
  assert.equal(turn.spoken, words.words);
});

test('mutated streams: a model that falls silent once its words are heard is asked again, and the turn ends', async () => {
  const { turn, asked } = await playMutated({
    ...{ server: servers['openAI'] ?? assert.fail(), reply: replies.wordsAndCalls },
    mutations: [{ ...none, cutAt: 6_000, ending: 'silent' }],
  });
  assert.deepEqual([turn.outcome, asked], ['answered', 3]);
});
