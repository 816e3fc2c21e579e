import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { senderOf } from './authenticate.ts';
import type { Pace } from './paced-writer.ts';
import { PacedWriter, ReaderStalled } from './paced-writer.ts';

type Headers = Readonly<Record<string, string>>;

export interface JsonReply {
  readonly status: number;
  readonly headers?: Headers;
  readonly body: unknown;
}

export interface StreamReply {
  readonly headers: Headers;
  readonly stream: (writer: PacedWriter) => Promise<void>;
}

export interface TextReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export type Reply = JsonReply | TextReply | StreamReply;
/** What a call does: a value, or a thrown Problem. `signal` is aborted when the client has left or the server stops. */
export type Handler = (request: Request, signal: AbortSignal) => Reply | Promise<Reply>;

/** The one place that writes responses. Owns the streams that are open, so that a stop can end them. */
export class Responder {
  readonly #pace: Pace;
  readonly #logger: Logger;
  readonly #open = new Map<PacedWriter, Promise<void>>();

  constructor({ pace, logger }: { pace: Pace; logger: Logger }) {
    this.#pace = pace;
    this.#logger = logger;
  }

  respond(handler: Handler): RequestHandler {
    return async (request, response) => {
      const writer = new PacedWriter(response, this.#pace);
      const answered = this.#answer({ handler, request, response, writer });
      this.#open.set(writer, answered.catch(noted));
      try {
        await answered;
      } finally {
        this.#open.delete(writer);
      }
    };
  }

  /** Resolves when all requests that are open now have been answered. */
  async whenAnswered(): Promise<void> {
    await Promise.all(this.#open.values());
  }

  /** Ends what is still open. */
  endAll(): void {
    for (const writer of this.#open.keys()) writer.end(new Error('The server is stopping'));
  }

  async #answer({ handler, request, response, writer }: Exchange): Promise<void> {
    const reply = await handler(request, writer.signal);
    if (!('stream' in reply)) {
      response.status(reply.status).set(reply.headers ?? {});
      if ('text' in reply) response.send(reply.text);
      else response.json(reply.body);
      return;
    }
    response.status(200).set(reply.headers).flushHeaders();
    try {
      await reply.stream(writer);
      response.end();
    } catch (error) {
      this.#logger.error({ err: error, path: request.path, by: senderOf(request) }, 'A stream broke off');
      response.destroy();
    }
    this.#reportDrop(request, writer.signal.reason);
  }

  #reportDrop(request: Request, reason: unknown): void {
    if (!(reason instanceof ReaderStalled)) return;
    this.#logger.warn(
      { path: request.path, by: senderOf(request), reason: reason.message },
      'A slow reader was dropped',
    );
  }
}

interface Exchange {
  readonly handler: Handler;
  readonly request: Request;
  readonly response: Response;
  readonly writer: PacedWriter;
}

/** Express reports the failure of a request; who waits for its end only needs to know that it is over. */
function noted(): void {
  return;
}
