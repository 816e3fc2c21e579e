import type { RequestHandler, Response } from 'express';
import * as problems from './problems.ts';

/**
 * Whether this process begins anything new. Told to stop, it refuses what would begin something and sees to their end what
 * had come before; all that concerns turns that are open goes on.
 */
export class Admission {
  readonly #begun = new Set<Response>();
  readonly #waiting = new Set<() => void>();
  #isStopping = false;

  get isStopping(): boolean {
    return this.#isStopping;
  }

  stop(): void {
    this.#isStopping = true;
  }

  /** Lets a request pass that begins something. Where the process stops it throws a Problem. */
  readonly admit: RequestHandler = (_request, response, next) => {
    if (this.#isStopping) throw problems.stopping();
    this.#begun.add(response);
    response.once('close', () => this.#end(response));
    next();
  };

  /** A connection that is kept would be closed under the client's next request, which may be a report of an open turn. */
  readonly closeConnections: RequestHandler = (_request, response, next) => {
    if (this.#isStopping) response.set('Connection', 'close');
    next();
  };

  /** Resolves when each of these requests was answered, or its client has left. */
  async whenAnswered(): Promise<void> {
    if (this.#begun.size === 0) return;
    await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  #end(response: Response): void {
    this.#begun.delete(response);
    if (this.#begun.size > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
