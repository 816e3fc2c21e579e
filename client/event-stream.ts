import { EventSourceParserStream } from 'eventsource-parser/stream';
import { z } from 'zod';
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
 * last event received. Events of types or with values that this client does not know are left out; `turn.finished` ends
 * the stream in any case. Throws LegatoError if the server refuses, and the last network error after ten in a row.
 */
export async function* readEvents(
  open: OpenEvents,
  { afterSeq = 0, signal }: EventsOptions,
): AsyncGenerator<ServedEvent> {
  let seq = afterSeq;
  for (let failures = 0; ; failures += 1) {
    try {
      for await (const message of parse(await open(seq))) {
        if (message.seq <= seq) continue;
        seq = message.seq;
        failures = 0;
        if (message.event) yield message.event;
        if (message.type === 'turn.finished') return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!isWorthAnotherTry(error) || failures >= MAX_FAILURES) throw error;
    }
    await pause(Math.min(FIRST_WAIT_MS * 2 ** failures, MAX_WAIT_MS), signal);
  }
}

/** A broken connection, or a server that is not ready. Any other answer would be the same again. */
function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof LegatoError) return error.status >= 502 && error.status <= 504;
  return error instanceof TypeError;
}

/** What every event has, also those of a newer server. */
const Stamp = z.object({ seq: z.number(), type: z.string() });

interface Message extends z.infer<typeof Stamp> {
  /** Absent where this client does not know it. */
  readonly event?: ServedEvent;
}

async function* parse({ body }: Response): AsyncGenerator<Message> {
  if (!body) return;
  const messages = body
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(new EventSourceParserStream())
    .getReader(); // Not every browser can iterate a stream.
  try {
    for (let message = await messages.read(); !message.done; message = await messages.read()) {
      const sent: unknown = JSON.parse(message.value.data);
      const { success, data: event } = ServedEvent.safeParse(withKnownItems(sent));
      if (success) yield { seq: event.seq, type: event.type, event };
      else yield Stamp.parse(sent);
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
