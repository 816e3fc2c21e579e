import { createParser } from 'eventsource-parser';

// The SDK has a reader of its own, but that one drops the connection when the body's end is not in the same packet as
// `[DONE]`: every model call would then begin with a new TLS handshake.

type Reader = ReadableStreamDefaultReader<Uint8Array>;

const DONE = '[DONE]';
/** A token's event has a few hundred characters; a whole reply in one has some ten thousand. */
const MAX_EVENT_CHARS = 1024 * 1024;
const LINGER_MS = 1_000;

/** A server that sends an event without an end would fill the memory. */
export class EventTooLong extends Error {
  override readonly name = 'EventTooLong';

  constructor() {
    super(`An event of the stream is longer than ${MAX_EVENT_CHARS} characters`);
  }
}

/** The payload of each server-sent event up to `[DONE]`, or up to the end of the body. Throws EventTooLong. */
export async function* readEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const reader: Reader = body.getReader();
  const decoder = new TextDecoder();
  const payloads: string[] = [];
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARS,
    onEvent: (event) => void payloads.push(event.data),
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') throw new EventTooLong();
    },
  });
  let complete = false;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parser.feed(decoder.decode(part.value, { stream: true }));
      for (const payload of payloads.splice(0)) {
        complete = payload === DONE;
        if (complete) return;
        yield payload;
      }
    }
  } finally {
    if (complete) void drain(reader);
    else abandon(reader);
  }
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
