import fc from '../../properties.ts';
import { DONE, type StreamPart } from './servers.ts';

/** How the connection ends after the last byte. `silent`: it does not. */
export type Ending = 'closed' | 'reset' | 'silent' | 'heartbeats';

/** What becomes of a stream on its way. */
export interface Mutations {
  /** What servers may do: the reply is the same. */
  readonly kept: readonly Kept[];
  /** What spoils the stream, or may. */
  readonly damage: readonly Damage[];
  /** It ends after this share of its bytes, in 1/10,000. Undefined: it is all there. */
  readonly cutAt: number | undefined;
  readonly ending: Ending;
  readonly lineEnd: '\n' | '\r\n' | '\r';
  /** How many bytes come at once, again and again. */
  readonly sizes: readonly number[];
}

type Kept =
  | { readonly is: 'comments' | 'empty_events' | 'named_events' | 'several_lines' | 'byte_order_mark' | 'interleaved' }
  | { readonly is: 'recut'; readonly chars: number }
  | { readonly is: 'huge_field'; readonly at: number; readonly chars: number }
  | { readonly is: 'without_done' };

type Damage =
  | { readonly is: 'drop_event' | 'double_event' | 'swap_events' | 'error_event' | 'garbage'; readonly at: number }
  | { readonly is: 'wrong_type'; readonly at: number; readonly field: number; readonly value: unknown }
  | { readonly is: 'huge_words'; readonly at: number; readonly chars: number }
  | { readonly is: 'drop_bytes' | 'double_bytes' | 'flip_byte'; readonly at: number; readonly count: number };

const at = fc.nat(9_999);
const noted = <T extends string>(...is: T[]) => fc.record({ is: fc.constantFrom(...is) });

const kept: fc.Arbitrary<Kept> = fc.oneof(
  noted('comments', 'empty_events', 'named_events', 'several_lines', 'byte_order_mark', 'interleaved', 'without_done'),
  fc.record({ is: fc.constant('recut' as const), chars: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ is: fc.constant('huge_field' as const), at, chars: fc.constantFrom(10, 5_000, 100_000) }),
);

const WRONG = [null, 0, 7, true, '', 'x', [], [[]], {}, { a: 1 }, [null], ['x', 1], [{ text: 1 }]];

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({
    is: fc.constantFrom('drop_event', 'double_event', 'swap_events', 'error_event', 'garbage'),
    at,
  }),
  fc.record({
    is: fc.constant('wrong_type' as const),
    at,
    field: fc.nat(99),
    value: fc.constantFrom<unknown>(...WRONG),
  }),
  fc.record({ is: fc.constant('huge_words' as const), at, chars: fc.constantFrom(500, 40_000) }),
  fc.record({
    is: fc.constantFrom('drop_bytes', 'double_bytes', 'flip_byte'),
    at,
    count: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 900 })),
  }),
);

const rarely = <T>(arbitrary: fc.Arbitrary<T>, otherwise: T) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });

export const mutations: fc.Arbitrary<Mutations> = fc.record({
  kept: fc.array(kept, { maxLength: 3 }),
  damage: rarely(fc.array(damage, { minLength: 1, maxLength: 2 }), []),
  cutAt: rarely<number | undefined>(at, undefined),
  ending: fc.constantFrom<Ending>('closed', 'closed', 'reset', 'silent', 'heartbeats'),
  lineEnd: fc.constantFrom('\n' as const, '\n' as const, '\r\n' as const, '\r' as const),
  sizes: fc.array(fc.constantFrom(1, 2, 3, 7, 40, 300, 2_000, 100_000), { minLength: 1, maxLength: 4 }),
});

export const none: Mutations = {
  ...{ kept: [], damage: [], cutAt: undefined },
  ...{ ending: 'closed', lineEnd: '\n', sizes: [100_000] },
};

/** The bytes of a stream as they arrive, in pieces. */
export function bytesOf(parts: readonly StreamPart[], by: Mutations): Uint8Array[] {
  const after = by.kept.reduce(keep, parts);
  const damaged = by.damage.reduce(spoil, after);
  const lines = damaged
    .map((part) =>
      toLines(
        part,
        by.kept.map(({ is }) => is),
      ),
    )
    .join('');
  const mark = by.kept.some(({ is }) => is === 'byte_order_mark') ? '\uFEFF' : '';
  const written = Buffer.from(mark + lines.replaceAll('\n', by.lineEnd));
  const bytes = by.damage.reduce(spoilBytes, written);
  const end = by.cutAt === undefined ? bytes.length : placeIn(by.cutAt, bytes.length);
  return cut(bytes.subarray(0, end), by.sizes);
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < bytes.length;) {
    const size = sizes[pieces.length % sizes.length] ?? 1;
    pieces.push(bytes.subarray(from, from + size));
    from += size;
  }
  return pieces;
}

function placeIn(share: number, length: number): number {
  return Math.floor((share / 10_000) * length);
}

function toLines(part: StreamPart, kept: readonly Kept['is'][]): string {
  if ('lines' in part) return part.lines;
  const isText = typeof part.data === 'string';
  const json = isText ? String(part.data) : JSON.stringify(part.data, null, kept.includes('several_lines') ? 1 : 0);
  const data = json
    .split('\n')
    .map((line) => `data: ${line}\n`)
    .join('');
  const named = kept.includes('named_events') ? 'id: 7\nevent: message\nretry: 1000\n' : '';
  return `${kept.includes('comments') ? ': keep-alive\n\n' : ''}${named}${data}\n`;
}

interface Choice {
  readonly delta?: Record<string, unknown>;
  readonly [field: string]: unknown;
}
interface ChunkData {
  readonly choices?: readonly Choice[];
  readonly [field: string]: unknown;
}

/** With another delta; the reason stays with the last. */
function withDelta(part: StreamPart, delta: object, isLast = true): StreamPart {
  const data = (part as { data: ChunkData }).data;
  const choice = { ...data.choices?.[0], ...(!isLast && { finish_reason: null }), delta };
  return { data: { ...data, choices: [choice] } };
}

function deltaOf(part: StreamPart): Record<string, unknown> | undefined {
  if ('lines' in part || typeof part.data !== 'object') return undefined;
  return (part.data as ChunkData).choices?.[0]?.delta;
}

function keep(parts: readonly StreamPart[], kept: Kept): readonly StreamPart[] {
  switch (kept.is) {
    case 'recut':
      return parts.flatMap((part) => recut(part, kept.chars));
    case 'interleaved':
      return interleave(parts);
    case 'without_done':
      return withoutDone(parts);
    case 'empty_events':
      return parts.flatMap((part) => [{ data: { choices: [] } }, { data: { choices: [{ delta: {} }] } }, part]);
    case 'huge_field': {
      const place = placeIn(kept.at, parts.length);
      return parts.map((part, index) => {
        if (index !== place || 'lines' in part || typeof part.data === 'string') return part;
        return { data: { ...(part.data as object), logprobs: 'x'.repeat(kept.chars) } };
      });
    }
    default:
      return parts;
  }
}

function withoutDone(parts: readonly StreamPart[]): readonly StreamPart[] {
  const hasReason = /"finish_reason":"[a-z]/.test(JSON.stringify(parts));
  return hasReason ? parts.filter((part) => part !== DONE && !('data' in part && part.data === '[DONE]')) : parts;
}

/** A piece of words or of arguments as several, which may part characters. */
function recut(part: StreamPart, chars: number): StreamPart[] {
  const delta = deltaOf(part);
  const content = delta?.['content'];
  if (typeof content === 'string' && content !== '') {
    const texts = content.match(new RegExp(`[^]{1,${chars}}`, 'g')) ?? [];
    const { content: _, tool_calls: calls, ...rest } = delta ?? {};
    return texts.map((text, index) => {
      const isLast = index === texts.length - 1;
      return withDelta(
        part,
        { ...rest, content: text, ...(isLast && calls !== undefined && { tool_calls: calls }) },
        isLast,
      );
    });
  }
  return [part];
}

interface CallPiece {
  readonly index?: number;
  readonly id?: string;
}

/** Pieces of several calls mixed: each call's in their order. */
function interleave(parts: readonly StreamPart[]): readonly StreamPart[] {
  const indexOf = (part: StreamPart): number | undefined => {
    const calls = deltaOf(part)?.['tool_calls'] as readonly CallPiece[] | undefined;
    return calls?.length === 1 ? calls[0]?.index : undefined;
  };
  const lines = new Map<number, StreamPart[]>();
  for (const part of parts) {
    const index = indexOf(part);
    if (index !== undefined) lines.set(index, [...(lines.get(index) ?? []), part]);
  }
  const heads = [...lines.values()].flatMap(([head]) => (head ? [head] : []));
  const tails = [...lines.values()].map(([, ...tail]) => tail);
  const longest = Math.max(0, ...tails.map(({ length }) => length));
  const mixed = Array.from({ length: longest }, (_, row) => tails.flatMap((tail) => tail[row] ?? [])).flat();
  const all = [...heads, ...mixed];
  return parts.map((part) => (indexOf(part) === undefined ? part : (all.shift() ?? part)));
}

function spoil(parts: readonly StreamPart[], damage: Damage): readonly StreamPart[] {
  const place = placeIn(damage.at, parts.length);
  const part = parts[place];
  if (!part) return parts;
  const next = parts[place + 1];
  switch (damage.is) {
    case 'drop_event':
      return parts.toSpliced(place, 1);
    case 'double_event':
      return parts.toSpliced(place, 0, part);
    case 'swap_events':
      return next ? parts.toSpliced(place, 2, next, part) : parts;
    case 'error_event':
      return parts.toSpliced(place, 0, { data: { error: { message: 'Overloaded', code: 500 } } });
    case 'garbage':
      return parts.toSpliced(place, 0, { lines: 'data: {"choices": [{"delta": {"cont\n\n' });
    case 'wrong_type':
      return 'lines' in part ? parts : parts.with(place, { data: withWrongType(part.data, damage) });
    case 'huge_words':
      return parts.toSpliced(place, 0, { data: { choices: [{ delta: { content: ' lo'.repeat(damage.chars / 3) } }] } });
    default:
      return parts;
  }
}

/** Another value in place of one somewhere in the payload. */
function withWrongType(data: unknown, { field, value }: { readonly field: number; readonly value: unknown }): unknown {
  let count = 0;
  JSON.stringify(data, (_, part: unknown) => ((count += 1), part));
  const chosen = field % count;
  let seen = -1;
  const text = JSON.stringify(data, (_, part: unknown) => ((seen += 1), seen === chosen ? value : part));
  return JSON.parse(text ?? 'null') as unknown;
}

function spoilBytes(bytes: Buffer, damage: Damage): Buffer {
  if (damage.is !== 'drop_bytes' && damage.is !== 'double_bytes' && damage.is !== 'flip_byte') return bytes;
  const from = placeIn(damage.at, bytes.length);
  const to = Math.min(bytes.length, from + damage.count);
  if (damage.is === 'drop_bytes') return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  if (damage.is === 'double_bytes') return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  const flipped = Buffer.from(bytes);
  flipped[from] = (flipped[from] ?? 0) ^ (1 << (damage.count % 8));
  return flipped;
}
