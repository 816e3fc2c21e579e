import { tellRefundNews, tellResults } from './orders-telling.ts';
import type { RequestView } from '../request-view.ts';
import type { ScriptRule } from '../script.ts';
import type { ScriptedReply } from '../scripted-reply.ts';

// The model of a shop's agent, which has the tools `find_order { order_id }`, `latest_order {}`, `search_products { query }` and
// `refund_order { order_id, reason }`. It says a few words before each call, as a model does that was asked to.

const ORDER_ID = /(?<![\w$€£.,])#?([a-z]{0,3}-?\d{3,8})(?![\w%])/i;
const REFUND = /\b(?:refund|money back|send (?:it|them) back)\b/i;
const REFUND_NEWS = /\bdid\b.*\brefund\b|\brefund\b.*\bthrough\b/i;
const COMPARE = /\bcompare\s+(.+?)\s+(?:and|with|to|versus|vs\.?)\s+(.+)/i;
const SEARCH =
  /\b(?:do you (?:have|sell|stock|carry)|(?:looking|search|searching) for|find me|show me|price of|how much (?:is|are))\s+(.+)/i;
const LATEST = /\b(?:my|the|latest|last|recent)\b.*\b(?:order|package|parcel|delivery)\b/i;
const PARCEL = /\bwhere\b.*\bparcel\b/i;
const ARTICLE = /^(?:an?|the|any|some|your|our)\s+/i;
const PLURAL = /(?<=\w{3}[^s])s$/i;
const TAIL = /\s*(?:please|in stock|for me|cost)?\s*[.?!]*$/i;

export const ordersRules: readonly ScriptRule[] = [
  { when: { user: REFUND, afterTool: 'latest_order', failed: false }, reply: refundLatest },
  { when: { afterTool: true }, reply: ({ latestResults }) => ({ text: tellResults(latestResults) }) },
  { when: { user: REFUND_NEWS }, reply: ({ allResults }) => ({ text: tellRefundNews(allResults) }) },
  { when: { user: REFUND }, reply: refund },
  { when: { user: COMPARE }, reply: compare },
  { when: { user: PARCEL }, reply: trackParcel },
  { when: { user: ORDER_ID }, reply: findOrder },
  { when: { user: SEARCH }, reply: search },
  {
    when: { user: LATEST },
    reply: { text: 'Let me see what you ordered last.', calls: [{ name: 'latest_order', arguments: {} }] },
  },
  {
    when: { user: /\b(?:opening hours|open|close|closed|closing)\b/i },
    reply: {
      text: "We're open Monday to Friday from nine to six, and on Saturdays from ten to four. On Sundays we're closed.",
    },
  },
  {
    when: { user: /\b(?:bye|goodbye|see you|that's all|that is all)\b/i },
    reply: { text: 'Thank you for calling. Goodbye, and have a lovely day!' },
  },
  {
    when: { user: /\b(?:thanks|thank you|cheers|great|perfect)\b/i },
    reply: { text: "You're welcome! Is there anything else I can do for you?" },
  },
  {
    when: { user: /\b(?:hello|hi|hey|good (?:morning|afternoon|evening))\b/i },
    reply: { text: 'Hello, and thank you for calling. What can I do for you today?' },
  },
  {
    reply: {
      text: "I'm not sure I can help with that. I can look up an order, find a product, or arrange a refund. Which would you like?",
    },
  },
];

/** Everything at once: the parcel, and what else the caller asks for. The preamble comes with the call. */
function trackParcel({ user }: RequestView): ScriptedReply {
  const id = orderIdIn(user);
  const product = SEARCH.exec(user)?.[1];
  const preamble = 'Let me ask the carrier.';
  return {
    calls: [
      { name: 'track_parcel', arguments: { preamble } },
      ...(product === undefined
        ? []
        : [
            {
              name: 'search_products',
              arguments: { preamble: '', query: toQuery(product.split(',', 1)[0] ?? product) },
            },
          ]),
      ...(id === undefined ? [] : [{ name: 'find_order', arguments: { preamble: '', order_id: id } }]),
    ],
  };
}

function findOrder({ user }: RequestView): ScriptedReply {
  const id = orderIdIn(user) ?? '';
  return {
    text: `One moment, I'll look up order ${id}.`,
    calls: [{ name: 'find_order', arguments: { order_id: id } }],
  };
}

function search({ user }: RequestView): ScriptedReply {
  const query = toQuery(SEARCH.exec(user)?.[1] ?? user);
  return { text: 'Let me see what we have.', calls: [{ name: 'search_products', arguments: { query } }] };
}

function compare({ user }: RequestView): ScriptedReply {
  const queries = (COMPARE.exec(user) ?? []).slice(1).map(toQuery);
  return {
    text: "Sure, I'll check both.",
    calls: queries.map((query) => ({ name: 'search_products', arguments: { query } })),
  };
}

/** Of the order that was named last; without one, of the latest order, which must be found first. */
function refund(view: RequestView): ScriptedReply {
  const id = orderIdIn(view.user) ?? (LATEST.test(view.user) ? undefined : lastNamedOrder(view));
  if (id !== undefined) return refundOrder(id, view.user);
  if (!LATEST.test(view.user)) return { text: "I can arrange that. What's the number of the order?" };
  return { text: "I'm sorry to hear that. Let me find that order.", calls: [{ name: 'latest_order', arguments: {} }] };
}

function refundLatest({ latestResults, user }: RequestView): ScriptedReply {
  const order = latestResults.find((result) => result.name === 'latest_order')?.value;
  const id = orderIdOf(order);
  return id === undefined ? { text: "I can't find an order of yours to refund." } : refundOrder(id, user);
}

function refundOrder(id: string, user: string): ScriptedReply {
  const reason = /\b(?:because|since|as)\s+(.+?)[.!?]*$/i.exec(user)?.[1] ?? 'The caller asked for it';
  return {
    text: `All right, I'll refund order ${id} now.`,
    calls: [{ name: 'refund_order', arguments: { order_id: id, reason } }],
  };
}

function lastNamedOrder({ messages }: RequestView): string | undefined {
  const texts = messages
    .filter(({ role }) => role === 'user' || role === 'assistant')
    .map(({ content }) => content ?? '');
  return texts.map(orderIdIn).findLast((id) => id !== undefined);
}

function orderIdIn(text: string): string | undefined {
  return ORDER_ID.exec(text)?.[1]?.toUpperCase();
}

function orderIdOf(order: unknown): string | undefined {
  if (typeof order !== 'object' || order === null || !('order_id' in order)) return undefined;
  return typeof order.order_id === 'string' || typeof order.order_id === 'number' ? String(order.order_id) : undefined;
}

function toQuery(words: string): string {
  return words.replace(TAIL, '').replace(ARTICLE, '').replace(PLURAL, '');
}
