import { defineAgent } from 'legato';
import { findOrder, latestOrder } from './find-order.ts';
import { refundOrder } from './refund-order.ts';
import { searchProducts } from './search-products.ts';
import { trackParcel } from './track-parcel.ts';

export default defineAgent({
  name: 'orders',
  instructions: `You are on the telephone for a shop that sells things for the home. You help callers with their orders.
Your words are spoken: use short sentences without lists, symbols or abbreviations, and say amounts as one says them.
Look things up before you answer, and never guess a status, a date or a price.
Before you pay an order back, be sure which order is meant and why. If a lookup fails, say so and offer another way.`,
  model: 'gpt-5.1',
  voice: 'alloy',
  apology: 'I am sorry, I cannot help you right now. Please call again in a moment.',
  tools: [findOrder, latestOrder, trackParcel, searchProducts, refundOrder],
});
