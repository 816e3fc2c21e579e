import assert from 'node:assert/strict';
import { setImmediate as nextTick } from 'node:timers/promises';
import { test } from 'node:test';
import { AuthorCode } from '../../../live/calls/author-code.ts';

const author = { tool: 'count', call: 'tool:1:0:count', turn: 'turn' };

test('author code: what a tool sets in motion is its own, and what waits for the tool is not', async () => {
  const authors = new AuthorCode();
  const seen: unknown[] = [];
  await authors.follow(author, async () => {
    setImmediate(() => seen.push(authors.current));
    await nextTick();
    seen.push(authors.current);
  });
  assert.deepEqual(seen, [author, author]);
  assert.equal(authors.current, undefined);
});

test('author code: a function of ours that a tool calls is ours, with all that it sets in motion', async () => {
  const authors = new AuthorCode();
  const seen: unknown[] = [];
  const progress = authors.outside((note: string) => {
    seen.push(note, authors.current);
    queueMicrotask(() => seen.push(authors.current));
  });
  await authors.follow(author, async () => progress('half'));
  assert.deepEqual(seen, ['half', undefined, undefined]);
});
