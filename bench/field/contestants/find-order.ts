import { setTimeout as sleep } from 'node:timers/promises';
import { mark, markToolEnded } from '../marks.ts';
import { readKey, toolMsFor } from '../script.ts';

/** The tool of every contestant: takes as long as the script says, and ends at once when it is aborted. */
export async function findOrder(orderId: string, signal: AbortSignal | undefined): Promise<object> {
  const keyed = readKey(orderId);
  if (!keyed) throw new Error(`No turn is named in the order '${orderId}'`);
  mark(keyed.key, 'tool.started');
  const onAbort = (): void => mark(keyed.key, 'tool.aborted');
  signal?.addEventListener('abort', onAbort);
  const takesMs = toolMsFor(keyed);
  if (takesMs > 0) await sleep(takesMs, undefined, signal ? { signal } : {});
  signal?.removeEventListener('abort', onAbort); // it is no abort any more
  markToolEnded(keyed.key);
  return { order_id: orderId, status: 'shipped' };
}
