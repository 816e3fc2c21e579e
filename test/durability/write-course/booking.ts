import { defineAgent, defineTool, type Reconciled } from 'legato';
import { z } from 'zod';
import type { Agent } from '../../../agent/agent.ts';

export const KINDS = ['plain', 'idempotent', 'reconciled'] as const;
/** What the author says of the write. */
export type Kind = (typeof KINDS)[number];

/** The other side of the write, which outlives every process: how often it was asked to book, and how often it did. */
export class OtherSide {
  readonly memory: SharedArrayBuffer;
  readonly #counts: Int32Array;

  constructor(memory = new SharedArrayBuffer(8)) {
    this.memory = memory;
    this.#counts = new Int32Array(memory);
  }

  get asked(): number {
    return Atomics.load(this.#counts, 0);
  }

  get bookings(): number {
    return Atomics.load(this.#counts, 1);
  }

  /** In one instant. `knowsKey`: what was booked under the key before is not booked again. */
  book(knowsKey: boolean): string {
    Atomics.add(this.#counts, 0, 1);
    if (!knowsKey || this.bookings === 0) Atomics.add(this.#counts, 1, 1);
    return 'B-1';
  }
}

/** An agent whose one tool books, with awaits before and after the effect. */
export function createAgent(kind: Kind, other: OtherSide): Agent {
  const run = async (): Promise<string> => {
    await Promise.resolve();
    const booking = other.book(kind === 'idempotent');
    await Promise.resolve();
    return booking;
  };
  const reconcile = async (): Promise<Reconciled<string>> => {
    await Promise.resolve();
    return other.bookings > 0 ? { outcome: 'done', result: 'B-1' } : { outcome: 'not_done' };
  };
  const book = { name: 'book', description: 'Books', input: z.object({}), effect: 'write', run } as const;
  const tools = {
    plain: () => defineTool(book),
    idempotent: () => defineTool({ ...book, idempotent: true }),
    reconciled: () => defineTool({ ...book, reconcile }),
  };
  return defineAgent({ name: 'booking', instructions: 'Book.', model: 'm', voice: 'v', tools: [tools[kind]()] });
}
