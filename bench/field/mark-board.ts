import type { Mark, MarkName } from './marks.ts';

const PATIENCE_MS = 30_000;

/** What happens once in a turn. */
const ONCE: readonly MarkName[] = ['model.asked', 'model.asked.again', 'tool.started', 'answer', 'finished'];

/** All marks of the turns that are measured, from all processes. */
export class MarkBoard {
  #doubled = 0;
  readonly #turns = new Map<string, Map<MarkName, number>>();
  readonly #waiting = new Map<string, (atMs: number) => void>();

  take(marks: readonly Mark[]): void {
    for (const { key, name, atMs } of marks) {
      const turn = this.#turns.get(key) ?? new Map<MarkName, number>();
      this.#turns.set(key, turn);
      if (turn.has(name) && ONCE.includes(name)) this.#doubled += 1;
      if (!turn.has(name)) turn.set(name, atMs);
      this.#waiting.get(`${key} ${name}`)?.(atMs);
      if (name === 'failed') this.#giveUp(key);
    }
  }

  /** How often something happened again that happens once in a turn. */
  get doubled(): number {
    return this.#doubled;
  }

  /** When it happened, as soon as that is known. NaN if it did not happen in time or the turn failed. */
  async when(key: string, name: MarkName, patienceMs = PATIENCE_MS): Promise<number> {
    const known = this.#turns.get(key)?.get(name);
    if (known !== undefined) return known;
    if (this.#turns.get(key)?.has('failed')) return NaN;
    const place = `${key} ${name}`;
    const { promise, resolve } = Promise.withResolvers<number>();
    const late = setTimeout(() => resolve(NaN), patienceMs);
    this.#waiting.set(place, resolve);
    return promise.finally(() => {
      clearTimeout(late);
      this.#waiting.delete(place);
    });
  }

  #giveUp(key: string): void {
    for (const [place, resolve] of this.#waiting) if (place.startsWith(`${key} `)) resolve(NaN);
  }

  forget(key: string): void {
    this.#turns.delete(key);
  }
}
