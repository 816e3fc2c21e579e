import { setTimeout as delay } from 'node:timers/promises';
import type { AcceptedTurn } from '../contract/http.ts';
import type { Post } from '../record/posted-turn.ts';
import type { TurnRecords } from '../record/turn-records.ts';
import type { Patience } from '../time/request-patience.ts';
import { refuse } from './refusal.ts';

const RETRY_MS = 100;

/**
 * The turn that an earlier post of the same key has started, once a home has begun it, in whatever process. Undefined where it
 * was abandoned. Throws a Refusal where the key was used for another body, or nobody has begun the turn within the patience.
 */
export async function findPostedTurn(
  records: Pick<TurnRecords, 'posted'>,
  post: Post & { readonly patience: Pick<Patience, 'leftMs'> },
): Promise<AcceptedTurn | undefined> {
  const { id: turnId, patience } = post;
  for (;;) {
    const posted = await records.posted(post);
    if (posted === 'another_post') refuse({ kind: 'key_reused', turnId });
    if (posted === 'abandoned') return undefined;
    if (posted !== 'not_begun') return posted;
    if (patience.leftMs <= RETRY_MS) refuse({ kind: 'turn_not_begun', turnId });
    await delay(RETRY_MS);
  }
}
