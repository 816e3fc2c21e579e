import type { Turn } from 'legato/client';

/** One turn of the demo: what the caller says, and what must come of it. */
export interface Scene {
  readonly title: string;
  readonly words: string;
  /** The tools that are called, in the transcript's order, and whether each succeeds. */
  readonly tools: readonly { readonly name: string; readonly ok: boolean }[];
  /** Whether something is said while the tools take their time. */
  readonly filler?: true;
}

export const scenes: readonly Scene[] = [
  { title: 'without a tool', words: 'Hello, when are you open?', tools: [] },
  { title: 'with a tool', words: 'Where is my order 4003?', tools: [{ name: 'find_order', ok: true }] },
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
];

/** What is not as it should be with a turn, in words; undefined where all is well. */
export function faultOf({ tools, filler }: Scene, { outcome, degraded, items }: Turn): string | undefined {
  if (outcome !== 'answered') return `it should end 'answered' and is '${outcome ?? 'open'}'`;
  if (degraded === true) return 'some of its speech went out as text only';
  const last = items.at(-1);
  if (last?.type !== 'speech' || last.kind !== 'answer') return 'it does not end with an answer';
  const filled = items.some((item) => item.type === 'speech' && item.kind === 'filler');
  if (filler && !filled) return 'nothing was said while its tools took their time';
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
