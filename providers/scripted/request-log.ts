import type { IncomingMessage } from 'node:http';
import type { Exchange } from './wire/exchange.ts';

/** Older requests are dropped, so that a server that runs for days does not grow. */
const MAX_REQUESTS = 500;

export interface RecordedRequest<Body> {
  readonly body: Body;
  /** Without `Bearer`. */
  readonly apiKey: string;
  /** Settles when the exchange is over: `finished` if the whole answer was sent, `aborted` if either side closed the connection before. */
  readonly closed: Promise<'finished' | 'aborted'>;
}

/** The requests that one endpoint took, in the order of their arrival. */
export class RequestLog<Body> {
  #latest: RecordedRequest<Body>[] = [];
  #count = 0;
  #waiting: { readonly number: number; readonly resolve: (request: RecordedRequest<Body>) => void }[] = [];

  /** The latest 500, oldest first. */
  get all(): readonly RecordedRequest<Body>[] {
    return this.#latest;
  }

  get last(): RecordedRequest<Body> | undefined {
    return this.#latest.at(-1);
  }

  /** The request of that number, from 1, as soon as it has arrived. */
  async arrival(number: number): Promise<RecordedRequest<Body>> {
    const request = this.#latest[number - 1 - (this.#count - this.#latest.length)];
    if (request !== undefined) return request;
    if (number <= this.#count) throw new Error(`Request ${number} is gone: only the latest ${MAX_REQUESTS} are stored`);
    return new Promise((resolve) => this.#waiting.push({ number, resolve }));
  }

  add(body: Body, { request, response }: Exchange): void {
    const closed = new Promise<'finished' | 'aborted'>((resolve) => {
      response.once('close', () => resolve(response.writableFinished ? 'finished' : 'aborted'));
    });
    const recorded: RecordedRequest<Body> = { body, apiKey: apiKeyOf(request), closed };
    this.#latest = [...this.#latest, recorded].slice(-MAX_REQUESTS);
    this.#count += 1;
    for (const waiting of this.#waiting.filter(({ number }) => number === this.#count)) waiting.resolve(recorded);
    this.#waiting = this.#waiting.filter(({ number }) => number > this.#count);
  }
}

export function apiKeyOf(request: IncomingMessage): string {
  const { authorization = '', 'x-api-key': key = authorization } = request.headers;
  return String(key).replace(/^Bearer /, '');
}
