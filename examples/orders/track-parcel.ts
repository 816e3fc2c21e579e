import { setTimeout as sleep } from 'node:timers/promises';
import { defineTool, from } from 'legato';
import { z } from 'zod';
import { openShop } from './database.ts';

/** Carriers are slow: each request takes this long. */
const CARRIER_TAKES_MS = 4_000;

/** The tracking number comes from the order, without another model call. */
export const trackParcel = defineTool({
  name: 'track_parcel',
  description: "Where the parcel of the caller's latest order is now",
  input: z.object({ tracking: z.string() }),
  output: z.object({ tracking: z.string(), place: z.string() }),
  effect: 'read',
  requires: { tracking: from('latest_order', 'tracking') },
  timeoutMs: 8_000,
  budgetMs: 9_000,
  fillers: [{ afterMs: 1_500, say: ['I am still waiting for the carrier.', 'The carrier is looking for it.'] }],
  onFailure: { guide: 'Offer to send a message when the carrier has answered.' },
  cacheMs: 60_000,
  run: async ({ tracking }, { signal, progress }) => {
    progress('asking the carrier');
    await sleep(CARRIER_TAKES_MS, undefined, { signal });
    const parcel = openShop().prepare('SELECT place FROM parcels WHERE tracking = ?').get(tracking);
    if (parcel === undefined) throw new Error(`The carrier knows no parcel '${tracking}'`);
    return { tracking, place: String(parcel['place']) };
  },
});
