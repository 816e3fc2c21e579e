import { EventSourceParserStream } from 'eventsource-parser/stream';
import { ServedEvent } from '../contract/http.ts';
import { withKnownItems } from './known-items.ts';
import { LegatoError } from './legato-error.ts';

export interface EventsOptions {
  /** Whether to receive `speech.audio`. */
  readonly audio?: boolean;
  /** Events up to and including this one are left out. */
  readonly afterSeq?: number;
  readonly signal?: AbortSignal;
}

/** Opens the stream of a turn after an event. Throws LegatoError if the server refuses. */
export type OpenEvents = (afterSeq: number) => Promise<Response>;

const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 5_000;
const MAX_FAILURES = 10;

/**
 * The events of a turn until `turn.finished`, each once and in order: a connection that breaks is opened again after the
 * last event received. Throws LegatoError if the server refuses, and the last network error after ten in a row.
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
    await pause(Math.min(FIRST_WAIT_MS * 2 ** failures, MAX_WAIT_MS), signal);
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
    .pipeThrough(new EventSourceParserStream())
    .getReader(); // Not every browser can iterate a stream.
  try {
    for (let message = await messages.read(); !message.done; message = await messages.read()) {
      const event = ServedEvent.safeParse(withKnownItems(JSON.parse(message.value.data)));
      // A newer server may send events that this client does not know.
      if (event.success) yield event.data;
    }
  } finally {
    messages.cancel().catch(() => undefined); // A stream that has failed cannot be cancelled; its reader knows.
  }
}

/** Rejects with the signal's reason when it is aborted. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}
