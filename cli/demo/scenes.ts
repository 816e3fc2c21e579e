import type { Turn } from 'legato/client';
import type { Refund } from './shop.ts';

/** One turn of the demo: what the caller says, and how the turn must end. */
export interface Scene {
  readonly title: string;
  readonly words: string;
  /** The tools that are called, in the transcript's order, and whether each succeeds. */
  readonly tools: readonly { readonly name: string; readonly ok: boolean }[];
  /** Whether something is said while the tools take their time. */
  readonly filler?: true;
  /** The caller interrupts this long after this tool has begun. */
  readonly interrupts?: { readonly tool: string; readonly afterMs: number };
  /** The only order that the shop must have refunded by then. */
  readonly refunded?: string;
  /** What its answer says. */
  readonly says?: RegExp;
}

export const scenes: readonly Scene[] = [
  { title: 'without a tool', words: 'Hello, when are you open?', tools: [] },
  { title: 'with a tool', words: 'Where is my order 4008?', tools: [{ name: 'find_order', ok: true }] },
  {
    title: 'with a tool that fails',
    words: 'And what about order 4006?',
    tools: [{ name: 'find_order', ok: false }],
  },
  {
    title: 'with two tools in a chain, one beside them, one that fails, and a filler',
    words: 'Where is my parcel, do you have a desk lamp, and what about order 4006?',
    tools: [
      { name: 'latest_order', ok: true },
      { name: 'track_parcel', ok: true },
      { name: 'search_products', ok: true },
      { name: 'find_order', ok: false },
    ],
    filler: true,
  },
  {
    title: 'with a refund, and a caller who interrupts while it is under way',
    words: 'Please refund order 4001.',
    tools: [{ name: 'refund_order', ok: true }],
    interrupts: { tool: 'refund_order', afterMs: 900 },
    refunded: '4001',
  },
  { title: 'that knows the result', words: 'Did the refund go through?', tools: [], says: /^Yes, 329 euros/ },
];

/** What is wrong with a turn, in words; undefined if nothing is. */
export function faultOf(scene: Scene, { outcome, degraded, items }: Turn): string | undefined {
  const due = scene.interrupts ? 'interrupted' : 'answered';
  if (outcome !== due) return `it should end '${due}' and is '${outcome ?? 'open'}'`;
  if (degraded === true) return 'some of its speech went out as text only';
  return faultOfWords(scene, items) ?? faultOfCalls(scene, items);
}

/** What is wrong with the refunds of the shop. */
export function faultOfRefunds({ refunded }: Scene, refunds: readonly Refund[]): string | undefined {
  if (refunded === undefined) return undefined;
  const orders = refunds.map((refund) => `'${refund.order_id}'`).join(' and ') || 'none';
  return orders === `'${refunded}'`
    ? undefined
    : `the shop should have refunded '${refunded}' once and refunded ${orders}`;
}

function faultOfWords({ filler, interrupts, says }: Scene, items: Turn['items']): string | undefined {
  const speeches = items.filter((item) => item.type === 'speech');
  if (interrupts) return speeches.some(isCutInSentence) ? undefined : 'none of its speech was cut in mid-sentence';
  const last = items.at(-1);
  if (last?.type !== 'speech' || last.kind !== 'answer') return 'it does not end with an answer';
  if (says && !says.test(last.text)) return 'its answer does not say what happened before';
  const filled = speeches.some((speech) => speech.kind === 'filler');
  return filler && !filled ? 'nothing was said while its tools took their time' : undefined;
}

function isCutInSentence({
  interrupted,
  text,
  heardText,
}: Extract<Turn['items'][number], { type: 'speech' }>): boolean {
  return interrupted === true && heardText !== '' && heardText !== text;
}

function faultOfCalls({ tools }: Scene, items: Turn['items']): string | undefined {
  const called = toCalls(items);
  const wanted = tools.map(({ name, ok }) => describeCall(name, ok)).join(' and ') || 'no tool';
  return called === wanted ? undefined : `it should call ${wanted} and called ${called}`;
}

function toCalls(items: Turn['items']): string {
  const calls = items.flatMap((item) => {
    if (item.type !== 'call') return [];
    const result = items.find((other) => other.type === 'result' && other.call === item.call);
    return [describeCall(item.name, result?.type === 'result' && result.ok)];
  });
  return calls.join(' and ') || 'no tool';
}

function describeCall(name: string, ok: boolean): string {
  return `'${name}' ${ok ? 'with' : 'without'} success`;
}
