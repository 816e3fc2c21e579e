import { setTimeout as delay } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { ServedEvent } from '../contract/http.ts';
import { LegatoError } from './legato-error.ts';

export interface EventsOptions {
  /** Whether to receive `speech.audio`. */
  readonly audio?: boolean;
  /** Events up to and including this one are left out. */
  readonly afterSeq?: number;
  readonly signal?: AbortSignal;
}

/** Opens the stream of a turn after an event. Throws LegatoError where the server turns it down. */
export type OpenEvents = (afterSeq: number) => Promise<Response>;

const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 5_000;
const MAX_FAILURES = 10;

/**
 * The events of a turn until `turn.finished`, each once and in order: a connection that breaks is opened again after the
 * last event received. Throws LegatoError where the server says no, and the last network error after ten in a row.
 */
export async function* readEvents(
  open: OpenEvents,
  { afterSeq = 0, signal }: EventsOptions,
): AsyncGenerator<ServedEvent> {
  let seq = afterSeq;
  for (let failures = 0; ; failures += 1) {
    try {
      for await (const event of parse(await open(seq))) {
        if (event.seq <= seq) continue;
        seq = event.seq;
        failures = 0;
        yield event;
        if (event.type === 'turn.finished') return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!isWorthAnotherTry(error) || failures >= MAX_FAILURES) throw error;
    }
    await delay(Math.min(FIRST_WAIT_MS * 2 ** failures, MAX_WAIT_MS), undefined, signal ? { signal } : {});
  }
}

/** A broken connection, or a server that is not ready; not an answer that will stay the same. */
function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof LegatoError) return error.status >= 502 && error.status <= 504;
  return error instanceof TypeError;
}

async function* parse({ body }: Response): AsyncGenerator<ServedEvent> {
  if (!body) return;
  const messages = body
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(new EventSourceParserStream());
  for await (const { data } of messages) {
    const event = ServedEvent.safeParse(JSON.parse(data));
    // A newer server may send events that this client does not know.
    if (event.success) yield event.data;
  }
}
