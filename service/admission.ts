import { refuse } from './refusal.ts';

/**
 * Whether this process begins anything new. A front end asks at the first sign of a request that begins something; what was
 * admitted is seen to its end after a stop, and all that concerns open turns goes on.
 */
export class Admission {
  readonly #admitted = new Set<Disposable>();
  readonly #waiting = new Set<() => void>();
  #isStopping = false;

  get isStopping(): boolean {
    return this.#isStopping;
  }

  stop(): void {
    this.#isStopping = true;
  }

  /** To be disposed of when the request was answered, or its client has left. Throws a Refusal where the process stops. */
  admit(): Disposable {
    if (this.#isStopping) refuse({ kind: 'stopping' });
    const admitted: Disposable = { [Symbol.dispose]: () => this.#end(admitted) };
    this.#admitted.add(admitted);
    return admitted;
  }

  /** Resolves when each request that was admitted is over. */
  async whenOver(): Promise<void> {
    if (this.#admitted.size === 0) return;
    await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  #end(admitted: Disposable): void {
    this.#admitted.delete(admitted);
    if (this.#admitted.size > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
