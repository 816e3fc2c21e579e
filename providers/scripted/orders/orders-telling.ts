import type { ToolResultView } from '../request-view.ts';
import { type Product, toError, toOrder, toPlace, toProducts, toRefund } from './orders-results.ts';
import { sayItem, sayPrice, sayWhen } from './spoken.ts';

const STATUSES: Readonly<Record<string, string>> = {
  shipped: 'is on its way',
  in_transit: 'is on its way',
  delivered: 'has been delivered',
  processing: 'is being packed',
  paid: 'is being packed',
  pending: 'has not been packed yet',
  cancelled: 'was cancelled',
  refunded: 'has been refunded',
  returned: 'has come back to us',
};

const UNAVAILABLE = "I'm sorry, our system isn't giving me an answer right now.";
const REFUND_UNCERTAIN =
  "I can't see yet whether the refund went through. I won't start it twice, so a colleague will check and write to you.";
const REFUND_FAILED = "I'm sorry, I couldn't make that refund. Shall I pass it on to a colleague?";
const NO_REFUND = "I haven't refunded anything yet. Which order is it about?";
const REFUND_OPEN = 'The refund is still under way. It goes on by itself.';
const REFUNDED_BEFORE = 'That order has been paid back already, so there is nothing left to refund.';
const NOT_REFUNDABLE = "I'm sorry, that order can't be paid back as it stands. Shall I pass it on to a colleague?";
/** Kinds of failure after which a write may have happened all the same. */
const UNCERTAIN: readonly string[] = ['outcome_unknown', 'timed_out'];
/** In these an expected arrival no longer matters. */
const ARRIVED_OR_NEVER: readonly string[] = ['delivered', 'cancelled', 'refunded', 'returned'];

/** What the agent says once it has results, one after another; the same sentence only once. */
export function tellResults(results: readonly ToolResultView[]): string {
  const searches = results.filter(({ name, failed }) => name === 'search_products' && !failed);
  const asked = results.filter(({ name }) => name !== 'latest_order' || !isOf(results, 'track_parcel'));
  const sentences = [...new Set(asked.map(tellResult))];
  if (searches.length === 2) sentences.push(tellCheaper(searches.map(({ value }) => toProducts(value)[0])));
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function isOf(results: readonly ToolResultView[], tool: string): boolean {
  return results.some(({ name, failed }) => name === tool && !failed);
}

function tellResult(result: ToolResultView): string {
  if (result.failed) return apologise(result);
  switch (result.name) {
    case 'find_order':
    case 'latest_order':
      return tellOrder(result.value);
    case 'track_parcel':
      return tellParcel(result.value);
    case 'search_products':
      return tellProducts(result);
    case 'refund_order':
      return tellRefund(result.value);
    default:
      return 'That is done.';
  }
}

function apologise({ name, value, arguments: wanted }: ToolResultView): string {
  const { kind, message } = toError(value);
  if (name === 'refund_order' && UNCERTAIN.includes(kind)) return REFUND_UNCERTAIN;
  if (/not found|no (?:such )?orders?\b|unknown order|does not exist/i.test(message)) return tellUnknownOrder(wanted);
  return name === 'refund_order' ? tellRefusedRefund(message) : UNAVAILABLE;
}

function tellUnknownOrder(wanted: unknown): string {
  const { id } = toOrder(wanted);
  if (id === undefined) return "I can't find an order of yours. Do you have its number?";
  return `I can't find an order with the number ${id}. Could you check the number for me?`;
}

function tellRefusedRefund(message: string): string {
  if (/\bbefore\b|\balready\b/i.test(message)) return REFUNDED_BEFORE;
  return /nothing to pay back|not refundable/i.test(message) ? NOT_REFUNDABLE : REFUND_FAILED;
}

function tellOrder(value: unknown): string {
  const { id, item, status = '', total, tracking, eta } = toOrder(value);
  const subject = `Your order${id === undefined ? '' : ` ${id}`}${item === undefined ? '' : `, the ${sayItem(item)},`}`;
  const sentences = [`${subject} ${STATUSES[status] ?? (status === '' ? 'is in our system' : `is ${status}`)}.`];
  if (eta !== undefined && !ARRIVED_OR_NEVER.includes(status)) sentences.push(`It should arrive ${sayWhen(eta)}.`);
  if (tracking !== undefined) sentences.push(`The tracking number is ${tracking}.`);
  if (total !== undefined) sentences.push(`The total was ${sayPrice(total.cents, total.currency)}.`);
  return sentences.join(' ');
}

function tellParcel(value: unknown): string {
  const place = toPlace(value);
  return place === undefined ? 'Your parcel is on its way.' : `Your parcel is at ${place}.`;
}

function tellProducts({ value, arguments: wanted }: ToolResultView): string {
  const [first, second] = toProducts(value);
  if (first === undefined) {
    const query = typeof wanted === 'object' && wanted !== null && 'query' in wanted ? wanted.query : undefined;
    return `I'm afraid we have nothing like ${typeof query === 'string' && query !== '' ? query : 'that'} at the moment.`;
  }
  const also = second === undefined ? '' : ` We also have the ${sayItem(second.name)} for ${sayPrice(second.cents)}.`;
  return `The ${sayItem(first.name)} is ${sayPrice(first.cents)}, and ${first.inStock ? "it's in stock" : "it's sold out right now"}.${also}`;
}

function tellCheaper([one, other]: readonly (Product | undefined)[]): string {
  if (one === undefined || other === undefined || one.name === other.name) return '';
  if (one.cents === other.cents) return 'So they cost the same.';
  const [cheaper, dearer] = one.cents < other.cents ? [one, other] : [other, one];
  return `So the ${sayItem(cheaper.name)} is ${sayPrice(dearer.cents - cheaper.cents)} cheaper.`;
}

function tellRefund(value: unknown): string {
  const { refundId, orderId, cents } = toRefund(value);
  const amount = cents === undefined ? 'The amount' : sayPrice(cents);
  const reference = refundId === undefined ? '' : ` Your reference is ${refundId}.`;
  const order = orderId === undefined ? 'your order' : `order ${orderId}`;
  return `That's done: ${amount} for ${order} will be back on your card within five working days.${reference}`;
}

/** The result of the refund that was asked for last, however the caller phrases the question. */
export function tellRefundNews(results: readonly ToolResultView[]): string {
  const last = results.findLast(({ name }) => name === 'refund_order');
  if (last === undefined) return NO_REFUND;
  if (last.failed) return apologise(last);
  const { cents } = toRefund(last.value);
  return cents === undefined ? REFUND_OPEN : `Yes, ${sayPrice(cents)} are on their way back to you.`;
}
