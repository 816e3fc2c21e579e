import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import { type Clock, processClock } from '../../time/clock.ts';
import { afterArrivals } from '../../time/silence.ts';

// The SDK has a reader of its own, but that one drops the connection when the body's end is not in the same packet as
// `[DONE]`: every model call would then begin with a new TLS handshake.

type Reader = ReadableStreamDefaultReader<Uint8Array>;

const DONE = '[DONE]';
/** The last event may lack the empty line that ends it. */
const LAST_EVENT_END = new TextEncoder().encode('\n\n');
/** A token's event has a few hundred characters; a whole reply in one has some ten thousand. */
const MAX_EVENT_CHARS = 1024 * 1024;
const EVENTS_AT_ONCE = 500;
const LINGER_MS = 1_000;
/** How long a stream that stays open is read on after the reply in it is complete. */
const GRACE_MS = 1_000;

/** A server that sends an event without an end would fill the memory. */
export class EventTooLong extends Error {
  override readonly name = 'EventTooLong';

  constructor() {
    super(`An event of the stream is longer than ${MAX_EVENT_CHARS} characters`);
  }
}

/** How far a reply that is read out of a stream has come. */
export interface StreamedReply {
  /** It is complete; the server may still have something to add. */
  readonly isFinished: boolean;
  /** `[DONE]` came: nothing is added any more. */
  readonly finish: () => void;
}

/**
 * The payload of each server-sent event up to `[DONE]`, or up to the end of the body. Throws EventTooLong. Once the reply is
 * finished the stream cannot fail any more, and is read for a grace at most.
 */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
  reply: StreamedReply = { isFinished: false, finish: () => undefined },
  clock: Clock = processClock,
): AsyncGenerator<string, void> {
  let count = 0;
  for await (const payload of readPayloads(body, reply, clock)) {
    yield payload;
    count += 1;
    // Others have their turn, also where one packet holds thousands of events.
    if (count % EVENTS_AT_ONCE === 0) await turnOfLoop();
  }
}

async function* readPayloads(
  body: ReadableStream<Uint8Array>,
  reply: StreamedReply,
  clock: Clock,
): AsyncGenerator<string, void> {
  const reader: Reader = body.getReader();
  const feed = createFeed();
  let isDone = false;
  let endGrace: (() => void) | undefined;
  try {
    for (let part = await reader.read(); ; part = await reader.read()) {
      for (const payload of feed(part.value)) {
        isDone = payload.trim() === DONE;
        if (isDone) return reply.finish();
        yield payload;
      }
      if (part.done) return;
      if (reply.isFinished) endGrace ??= afterArrivals(clock, GRACE_MS, () => abandon(reader));
    }
  } catch (error) {
    if (!reply.isFinished) throw error;
  } finally {
    endGrace?.();
    letGo(reader, isDone);
  }
}

/** The body of an answer that is one JSON document, from a server that does not stream. Throws EventTooLong. */
export async function* readWholeReply(
  body: ReadableStream<Uint8Array>,
  reply: StreamedReply,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > MAX_EVENT_CHARS) throw new EventTooLong();
  }
  yield text;
  reply.finish();
}

/** Takes bytes, or that there are no more, and gives the payloads of the events that they complete. */
function createFeed(): (bytes: Uint8Array | undefined) => readonly string[] {
  const decoder = new TextDecoder();
  const payloads: string[] = [];
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARS,
    onEvent: (event) => void payloads.push(event.data),
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') throw new EventTooLong();
    },
  });
  return (bytes = LAST_EVENT_END) => {
    parser.feed(decoder.decode(bytes, { stream: true }));
    return payloads.splice(0);
  };
}

function letGo(reader: Reader, isDone: boolean): void {
  if (isDone) void drain(reader);
  else abandon(reader);
}

/** Reads what follows `[DONE]`, so that the connection can serve the next request; nobody waits for it. */
async function drain(reader: Reader): Promise<void> {
  const timer = setTimeout(() => abandon(reader), LINGER_MS).unref();
  try {
    while (!(await reader.read()).done);
  } catch {
    // The reply is complete; only a connection is lost.
  } finally {
    clearTimeout(timer);
  }
}

function abandon(reader: Reader): void {
  // A body that has failed already cannot be cancelled, and its reader knows.
  reader.cancel().catch(() => undefined);
}
