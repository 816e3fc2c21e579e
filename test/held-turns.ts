import { defineTool } from 'legato';
import { z } from 'zod';
import type { ScriptRule } from '../providers/scripted/script.ts';

export interface HeldTurns {
  /** A turn with the word 'hold' stays open in its tool; all others are answered at once. */
  readonly options: {
    readonly agent: { readonly tools: ReturnType<typeof defineTool>[] };
    readonly rules: ScriptRule[];
  };
  /** Resolves when a turn is held. */
  readonly held: Promise<void>;
  readonly runs: () => number;
  readonly release: () => void;
}

/** Turns that stay open until they are released. */
export function holdTurns(): HeldTurns {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let runs = 0;
  const tool = defineTool({
    name: 'hold',
    description: 'Takes its time',
    input: z.object({}),
    effect: 'read',
    preamble: 'off',
    timeoutMs: 25_000,
    budgetMs: 25_000,
    run: async () => {
      runs += 1;
      held.resolve();
      await released.promise;
      return 'held';
    },
  });
  const rules: ScriptRule[] = [
    { when: { afterTool: true }, reply: { text: 'That took a while.' } },
    { when: { user: 'hold' }, reply: { calls: [{ name: 'hold', arguments: {} }] } },
    { reply: { text: 'Yes.' } },
  ];
  return {
    options: { agent: { tools: [tool] }, rules },
    held: held.promise,
    runs: () => runs,
    release: released.resolve,
  };
}

export interface HeldWrites {
  /** A turn with the word 'refund' has a write, which goes on when the caller speaks; all others are answered at once. */
  readonly options: HeldTurns['options'];
  /** Resolves when the write has begun, with the signal that would abort it. */
  readonly begun: Promise<AbortSignal>;
  readonly release: () => void;
}

/** Writes that go on until they are released. */
export function holdWrites(): HeldWrites {
  const begun = Promise.withResolvers<AbortSignal>();
  const released = Promise.withResolvers<void>();
  const tool = defineTool({
    name: 'refund',
    description: 'Refunds an order',
    input: z.object({}),
    effect: 'write',
    start: 'at_once',
    preamble: 'off',
    timeoutMs: 25_000,
    budgetMs: 25_000,
    run: async (_, { signal }) => {
      begun.resolve(signal);
      await released.promise;
      return 'refunded';
    },
  });
  const rules: ScriptRule[] = [
    { when: { user: 'refund' }, reply: { calls: [{ name: 'refund', arguments: {} }] } },
    { reply: { text: 'Yes.' } },
  ];
  return { options: { agent: { tools: [tool] }, rules }, begun: begun.promise, release: released.resolve };
}
