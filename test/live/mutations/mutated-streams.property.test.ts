import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc, { MUTATIONS } from '../../properties.ts';
import { APOLOGY, playMutated } from './mutated-turn.ts';
import { type Mutations, mutations } from './mutations.ts';
import { servers } from './servers.ts';
import { answer, replies, wordsFor, type WrittenReply } from './written-replies.ts';

const NUM_RUNS = Number(process.env[MUTATIONS] ?? 250);

interface Played {
  readonly server: string;
  readonly reply: WrittenReply;
  readonly mutations: readonly Mutations[];
}

const streams: fc.Arbitrary<Played> = fc.record({
  server: fc.constantFrom(...Object.keys(servers)),
  reply: fc.constantFrom<WrittenReply>(...Object.values(replies)),
  mutations: fc.array(mutations, { minLength: 1, maxLength: 3 }),
});

const withOneSpace = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

function expectedWords({ reply }: Played): string {
  const isLast = reply.calls.length === 0 && reply.leaked === undefined;
  return withOneSpace(isLast ? wordsFor(reply) : `${wordsFor(reply)} ${answer.words}`);
}

function isLossy({ cutAt, ending }: Mutations): boolean {
  return cutAt !== undefined || ending === 'reset';
}

/** Words that came out of order before the stream was lost: nobody can tell that the next reply has them too. */
function isSaidOutOfOrder(stream: Mutations): boolean {
  return isLossy(stream) && stream.damage.some(({ is }) => is === 'swap_events');
}

async function promisesHold(played: Played): Promise<void> {
  const { turn, runs, asked } = await playMutated({ ...played, server: servers[played.server] ?? assert.fail() });
  const damage = played.mutations.flatMap((mutation) => mutation.damage);
  const expected = expectedWords(played);
  const spoken = withOneSpace(turn.spoken.replace(APOLOGY, ''));
  assert.ok(asked <= 6, `the model was asked ${asked} times`);
  assert.ok(runs.pay.length <= 1, `the write ran ${runs.pay.length} times`);
  const doubled = damage.filter(({ is }) => is === 'double_bytes' || is === 'double_event').length;
  const repeats = doubled + played.mutations.filter(isSaidOutOfOrder).length;
  for (const word of new Set(expected.split(' '))) {
    const count = ` ${spoken} `.split(` ${word} `).length - 1;
    assert.ok(count <= 1 + repeats, `'${word}' was said ${count} times`);
  }
  // Marks in the words, which damage may spoil.
  const hasMarks = played.server === 'thinkTags' || played.reply.leaked !== undefined;
  const mayShow = hasMarks || damage.some(({ is }) => is.endsWith('byte') || is.endsWith('bytes'));
  if (damage.length === 0 || !mayShow) assert.doesNotMatch(spoken, /[{}<>[\]|]|qx|zqx/);
  if (damage.length > 0 || played.mutations.filter(isLossy).length > 1) return;
  // Where thoughts stand before the rest of a word, nobody can tell that it is the rest of one.
  const isSpaced = played.server !== 'thinkTags' || !played.mutations.some(isLossy);
  const seen = (text: string): string => (isSpaced ? text : text.replaceAll(' ', ''));
  assert.equal(seen(spoken), seen(expected));
  assert.equal(turn.outcome, 'answered');
  assert.equal(runs.pay.length, played.reply.calls.filter(({ name }) => name === 'pay').length);
  assert.deepEqual(turn.results.filter(({ ok }) => !ok).length, played.reply.leaked === undefined ? 0 : 1);
}

test('mutated streams: whatever becomes of them, turns end, nothing is said twice, and no write runs twice', async () => {
  await fc.assert(fc.asyncProperty(streams, promisesHold), { numRuns: NUM_RUNS });
});
