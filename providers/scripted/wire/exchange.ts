import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as turnOfLoop, setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '../failure-plan.ts';

/**
 * A client discards bytes that arrive together with the end of the connection. A client in this process may be as late as
 * the server, so it gets turns of the event loop as well.
 */
const BEFORE_CLOSING = { ms: 20, turns: 20 };

const HEARTBEAT_MS = 100;

/** One request, and the connection it came on. `signal` is aborted when that closes. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
}

export interface StreamedAnswer {
  readonly contentType: string;
  readonly pieces: readonly (string | Uint8Array)[];
  readonly ending: string;
  /** Sent again and again after the ending, in place of the end of the stream. */
  readonly heartbeat?: string;
  /** Sent instead of the next piece if garbage was ordered. */
  readonly garbage: { readonly contentType: string; readonly text: string };
  /** Sent in place of the next piece if an error was ordered. */
  readonly errorEvent?: string;
}

/** Resolves when the next piece is due. */
export type Pace = () => Promise<void>;

export interface StreamTerms {
  readonly pace: Pace;
  readonly failure: Failure | undefined;
}

/** Sends the answer piece by piece, or as much of it as the failure lets through. */
export async function streamAnswer(exchange: Exchange, answer: StreamedAnswer, terms: StreamTerms): Promise<void> {
  const { response } = exchange;
  const { failure, pace } = terms;
  const pieces = answer.pieces.slice(0, failure === undefined ? undefined : (failure.afterTokens ?? 0));
  const isGarbage = failure?.kind === 'garbage' && pieces.length === 0;
  response.statusCode = 200;
  response.setHeader('content-type', isGarbage ? answer.garbage.contentType : answer.contentType);
  response.setHeader('cache-control', 'no-cache');
  for (const piece of pieces) {
    await pace();
    await write(response, piece);
  }
  if (failure === undefined && answer.heartbeat !== undefined)
    await stayOpen(exchange, answer.ending, answer.heartbeat);
  else if (failure === undefined) response.end(answer.ending);
  else await breakOff(exchange, failure, answer);
}

/** Until the client closes the connection. */
async function stayOpen({ response, signal }: Exchange, ending: string, heartbeat: string): Promise<void> {
  await write(response, ending);
  while (!signal.aborted) {
    await write(response, heartbeat);
    await sleep(HEARTBEAT_MS, undefined, { signal });
  }
}

async function breakOff(
  { response, signal }: Exchange,
  failure: Failure,
  { garbage, errorEvent }: Pick<StreamedAnswer, 'garbage' | 'errorEvent'>,
): Promise<void> {
  switch (failure.kind) {
    case 'hang':
      return;
    case 'garbage':
      response.end(garbage.text);
      return;
    case 'error_event':
      response.end(errorEvent);
      return;
    case 'cut_short':
      response.end();
      return;
    case 'broken_stream':
      response.flushHeaders();
      await sleep(BEFORE_CLOSING.ms, undefined, { signal });
      for (let turn = 0; turn < BEFORE_CLOSING.turns; turn += 1) await turnOfLoop();
      response.destroy();
      return;
    case 'status':
      throw new Error('An error status is sent before anything else');
  }
}

async function write(response: ServerResponse, piece: string | Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    response.write(piece, (error) => (error ? reject(error) : resolve()));
  });
}

/**
 * Waits for the instants at which a stream's pieces are due: the first one `firstMs` after now, each further one `nextMs` later.
 * Counted from the start, so that the lateness of timers does not add up. Throws when `signal` is aborted.
 */
export function createPace(firstMs: number, nextMs: number, signal: AbortSignal): Pace {
  let dueMs = performance.now() + firstMs;
  return async () => {
    signal.throwIfAborted();
    const waitMs = dueMs - performance.now();
    dueMs += nextMs;
    if (waitMs > 0) await sleep(waitMs, undefined, { signal });
  };
}
