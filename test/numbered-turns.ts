import assert from 'node:assert/strict';
import type { AcceptedTurn } from '../contract/http.ts';
import { turnIdOf } from '../contract/messages.ts';
import type { FrontEndWorld } from './front-end-world.ts';

/**
 * Each number from the first to the last is that of one turn. One that none of the posts has got belongs to a turn that was
 * refused, as a busy machine may do, and keeps its number.
 */
export async function assertNumbered(
  world: Pick<FrontEndWorld, 'ended'>,
  posted: readonly AcceptedTurn[],
  first: number,
): Promise<void> {
  const numbers = new Set(posted.map(({ number }) => number));
  assert.equal(numbers.size, posted.length);
  const [{ conversationId } = assert.fail()] = posted;
  assert.ok(Math.min(...numbers) >= first);
  for (let number = first; number <= Math.max(...numbers); number += 1) {
    if (numbers.has(number)) continue;
    const { outcome, items } = await world.ended(turnIdOf({ conversationId, number }));
    assert.deepEqual([outcome, items], ['failed', []]);
  }
}
