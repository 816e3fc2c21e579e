import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { LanguageModel } from '../../providers/model.ts';
import { PostRepeats } from '../../service/post-repeats.ts';
import type { Attempt } from '../../service/turn-post.ts';
import { Patience } from '../../time/request-patience.ts';
import { playAtHome } from '../live/home-turn.ts';

const silent: LanguageModel = {
  async *reply(_, signal) {
    await once(signal, 'abort');
    yield* [];
  },
};

test('repeats: a key whose turn another process has taken is answered by the record, and begins no turn', async () => {
  await using home = playAtHome({ agent: {}, model: silent });
  using patience = new Patience(60_000);
  const { turn } = home;
  const accepted = { id: turn.id, conversationId: 'c', number: 1 };
  const open = new Map([[turn.id, turn]]);
  const repeats = new PostRepeats({
    turns: open,
    turnRecords: { posted: async () => Promise.resolve(accepted) },
    conversations: { postedAs: () => ({ id: turn.id, number: 1, body: 'd' }), unpost: () => undefined },
  });
  const { signal } = new AbortController();
  const body = { input: { text: 'Hello' }, modality: 'text', playout: 'assumed' } as const;
  const attempt: Attempt = {
    ...{ conversationId: 'c', body, key: 'order-7', signal, digest: 'd', patience, startedMs: 0 },
    ...{ postedAt: '', trace: {} },
  };
  repeats.opened(turn, { digest: 'd', answer: Promise.resolve(accepted) });
  turn.letGo();
  open.delete(turn.id);
  await turnOfLoop();
  assert.deepEqual(await repeats.find(attempt), accepted);
});
