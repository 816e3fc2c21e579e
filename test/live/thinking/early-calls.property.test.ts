import assert from 'node:assert/strict';
import { setImmediate as nextTick } from 'node:timers/promises';
import { test } from 'node:test';
import fc from '../../properties.ts';
import { defineTool } from 'legato';
import { z } from 'zod';
import { type Call, resultOf } from '../../../turn/call.ts';
import { ProviderFailure } from '../../../providers/failure.ts';
import type { LanguageModel, ModelChunk } from '../../../providers/model.ts';
import { playAtHome } from '../home-turn.ts';

// Replies as providers send them on a bad day: calls under any index, names late or in pieces, arguments that go on.

type Piece = Extract<ModelChunk, { type: 'call' }>;

interface WrittenCall {
  readonly name: string;
  readonly order: number;
  readonly isIdentified: boolean;
  readonly index: number;
  /** Where name and arguments are cut into pieces. */
  readonly nameCut: number;
  readonly argumentCuts: readonly number[];
  /** After how many pieces of the arguments the name comes. */
  readonly nameAfter: number;
  readonly repeatsName: boolean;
  readonly begin: '' | ' ' | '{}';
  readonly end: '' | ' \n';
}

interface WrittenReply {
  readonly calls: readonly WrittenCall[];
  readonly words: string;
  readonly order: readonly number[];
  /** After how many pieces it breaks off. Undefined: it does not. */
  readonly breaksAfter: number | undefined;
}

interface Run {
  readonly number: number;
  readonly name: string;
  readonly order: number | undefined;
  /** Of the model's replies, the one that was being written. */
  readonly reply: number;
  readonly signal: AbortSignal;
}

const NAMES = ['find_order', 'track_parcel', 'count_stock'];

const writtenCall: fc.Arbitrary<WrittenCall> = fc.record({
  name: fc.constantFrom(...NAMES),
  order: fc.integer({ min: 1, max: 2 }),
  isIdentified: fc.boolean(),
  index: fc.constantFrom(0, 1, 2, 7, -1, NaN),
  nameCut: fc.nat(4),
  argumentCuts: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 }),
  nameAfter: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(20) }),
  repeatsName: fc.boolean(),
  begin: fc.oneof({ weight: 4, arbitrary: fc.constantFrom('' as const, ' ' as const) }, fc.constant('{}' as const)),
  end: fc.constantFrom('' as const, ' \n' as const),
});

function writtenReply(breaksAfter: fc.Arbitrary<number | undefined>): fc.Arbitrary<WrittenReply> {
  return fc.record({
    calls: fc.array(writtenCall, { minLength: 1, maxLength: 4 }),
    words: fc.constantFrom('', 'One moment.'),
    order: fc.array(fc.nat(9), { minLength: 1, maxLength: 20 }),
    breaksAfter,
  });
}

const replies = fc
  .tuple(
    fc.array(writtenReply(fc.nat(25)), { maxLength: 2 }),
    writtenReply(fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, fc.nat(25))),
  )
  .map(([broken, last]) => [...broken, last]);

/** Under one index calls come one after the other; those of different ones may mix. */
function toPieces({ calls, words, order }: WrittenReply): ModelChunk[] {
  const lines = new Map<number, ModelChunk[]>();
  for (const [number, call] of calls.entries()) {
    const line = lines.get(call.index) ?? [];
    lines.set(call.index, line);
    line.push(...piecesOf(call, `call-${number}`));
  }
  const mixed: ModelChunk[] = words === '' ? [] : [{ type: 'text', text: words }];
  for (let count = 0; lines.size > 0; count += 1) {
    const keys = [...lines.keys()];
    const key = keys[(order[count % order.length] ?? 0) % keys.length] ?? 0;
    const piece = lines.get(key)?.shift();
    if (piece) mixed.push(piece);
    if (lines.get(key)?.length === 0) lines.delete(key);
  }
  return mixed;
}

function piecesOf(call: WrittenCall, id: string): Piece[] {
  const { index, name, nameCut, argumentCuts, begin, end, isIdentified } = call;
  const texts = [...cut(`${begin}{"order": ${call.order}}`, argumentCuts), end].filter((text) => text !== '');
  const names = nameCut === 0 ? [name] : [name.slice(0, nameCut), name.slice(nameCut)];
  const named = names.map((part): Piece => ({ type: 'call', index, name: part, arguments: '' }));
  const at = Math.min(call.nameAfter, texts.length);
  const repeated = call.repeatsName && isIdentified ? { name } : {};
  const pieces = [
    ...texts.slice(0, at).map((text): Piece => ({ type: 'call', index, arguments: text })),
    ...named,
    ...texts.slice(at).map((text): Piece => ({ type: 'call', index, ...repeated, arguments: text })),
  ];
  const [first, ...rest] = pieces;
  return first ? [isIdentified ? { ...first, id } : first, ...rest] : [];
}

function cut(text: string, sizes: readonly number[]): string[] {
  const parts: string[] = [];
  for (let at = 0, count = 0; at < text.length; count += 1) {
    const size = sizes[count % sizes.length] ?? 1;
    parts.push(text.slice(at, at + size));
    at += size;
  }
  return parts;
}

class BadDayModel implements LanguageModel {
  readonly #replies: readonly WrittenReply[];
  asked = 0;

  constructor(written: readonly WrittenReply[]) {
    this.#replies = written;
  }

  async *reply(): AsyncGenerator<ModelChunk> {
    const reply = this.#replies[this.asked];
    this.asked += 1;
    if (!reply) {
      yield { type: 'text', text: 'That is all.' };
      return;
    }
    for (const [number, piece] of toPieces(reply).entries()) {
      await nextTick();
      if (number === reply.breaksAfter) break;
      yield piece;
    }
    if (reply.breaksAfter !== undefined) throw new ProviderFailure('The line broke', { retryable: true });
  }
}

/** Reads that take so many ticks, and what was run of them. */
function createReads(ticks: readonly number[], model: BadDayModel) {
  const runs: Run[] = [];
  const tools = NAMES.map((name) =>
    defineTool({
      name,
      description: name,
      input: z.object({ order: z.number().optional() }),
      effect: 'read',
      preamble: 'off',
      run: async ({ order }, { signal }) => {
        const number = runs.push({ number: runs.length, name, order, reply: model.asked, signal }) - 1;
        for (let left = ticks[number % ticks.length] ?? 0; left > 0; left -= 1) await nextTick();
        return number;
      },
    }),
  );
  return { runs, tools };
}

/** What the calls of a reply are to be, where the wire says it: in order of appearance. */
function wanted(reply: WrittenReply): readonly (string | undefined)[] {
  const pieces = toPieces(reply);
  const firsts = reply.calls.map((call, number) => {
    const id = `call-${number}`;
    const own = piecesOf(call, id)[0];
    return {
      call,
      at: own?.id === undefined ? -1 : pieces.findIndex((piece) => piece.type === 'call' && piece.id === id),
    };
  });
  if (firsts.some(({ at }) => at === -1)) return [];
  const inOrder = firsts.toSorted((one, other) => one.at - other.at);
  return inOrder.map(({ call: { name, order } }) => `${name} ${order}`);
}

const asText = ({ name, arguments: args }: Call): string => `${name} ${(args as { order?: number }).order}`;

test('early calls: each call has one run, with its own name and arguments, and none of a reply that broke off', async () => {
  const turns = fc.record({ written: replies, ticks: fc.array(fc.nat(6), { minLength: 1, maxLength: 6 }) });
  await fc.assert(
    fc.asyncProperty(turns, async ({ written, ticks }) => {
      const model = new BadDayModel(written);
      const { runs, tools } = createReads(ticks, model);
      await using home = playAtHome({ agent: { tools, fallbackModel: 'second' }, model });
      await home.until(() => home.turn.played.finished);
      const calls = home.turn.played.rounds.find(({ round }) => round === 1)?.calls ?? [];
      const serving = calls.map(resultOf).flatMap((result) => (result?.ok ? [Number(result.result)] : []));
      assert.equal(new Set(serving).size, serving.length, 'A run serves two calls');
      for (const call of calls.filter((call) => resultOf(call)?.ok)) {
        const run = runs[Number(resultOf(call)?.result)];
        assert.equal(`${run?.name} ${run?.order}`, asText(call));
        assert.ok((run?.reply ?? 0) >= written.length, 'A run of a reply that broke off serves');
      }
      const left = runs.filter(({ number }) => !serving.includes(number));
      assert.equal(left.length, home.dropped(), 'A run that serves nobody is not counted');
      const ran = calls.filter(({ policy }) => policy);
      assert.equal(serving.length, ran.length);
      const expected = written.at(-1)?.breaksAfter === undefined ? wanted(written.at(-1) as WrittenReply) : [];
      if (expected.length > 0) {
        assert.deepEqual(
          calls.map((call) => (call.fault ? undefined : asText(call))),
          expected,
        );
      }
    }),
    { numRuns: 300 },
  );
});
