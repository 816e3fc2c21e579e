import { EventSourceParserStream } from 'eventsource-parser/stream';
import { z } from 'zod';
import { ServedConversationEvent } from '../contract/conversation-events.ts';
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

/** Opens a stream after an event; undefined: from where it begins. Throws LegatoError if the server refuses. */
export type OpenEvents = (lastEventId: string | undefined) => Promise<Response>;

/** What every event has, also those of a newer server. */
const Stamp = z.object({ seq: z.number(), type: z.string() });

/**
 * The events of a turn until `turn.finished`, each once and in order, across broken connections. Events of types or with
 * values that this client does not know are left out; `turn.finished` ends the stream in any case.
 */
export async function* readEvents(
  open: OpenEvents,
  { afterSeq = 0, signal }: EventsOptions,
): AsyncGenerator<ServedEvent> {
  let seq = afterSeq;
  const from = afterSeq > 0 ? { lastEventId: String(afterSeq) } : {};
  for await (const { sent } of readMessages(open, { ...from, signal })) {
    const stamp = Stamp.parse(sent);
    if (stamp.seq <= seq) continue;
    ({ seq } = stamp);
    const { success, data: event } = ServedEvent.safeParse(withKnownItems(sent));
    if (success) yield event;
    if (stamp.type === 'turn.finished') return;
  }
}

export interface FollowOptions {
  /** Whether to receive `speech.audio`. */
  readonly audio?: boolean;
  /**
   * The `eventId` of the last event received: what comes after it is sent. `'0'`: from the beginning of the conversation. Left
   * out: from the first event of what is open now.
   */
  readonly lastEventId?: string;
  readonly signal?: AbortSignal;
}

/**
 * An event of a turn of the conversation that is followed, or `conversation.joined`, the first one where no `lastEventId` is
 * given: a turn that is posted from then on is in the stream from its first event.
 */
export type FollowedEvent = ServedConversationEvent & {
  /** To go on from, as `lastEventId`; it says nothing else. */
  readonly eventId: string;
};

/**
 * The events of all turns of a conversation, across broken connections; it does not end by itself. Events of types or with
 * values that this client does not know are left out.
 */
export async function* followEvents(
  open: OpenEvents,
  { lastEventId, signal }: FollowOptions,
): AsyncGenerator<FollowedEvent> {
  const from = lastEventId === undefined ? {} : { lastEventId };
  for await (const { id, sent } of readMessages(open, { ...from, signal })) {
    const { success, data: event } = ServedConversationEvent.safeParse(withKnownItems(sent));
    if (success) yield { ...event, eventId: id };
  }
}

const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 5_000;
const MAX_FAILURES = 10;

interface Message {
  readonly id: string;
  readonly sent: unknown;
}

interface Reading {
  readonly lastEventId?: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * What a server sends: a connection that breaks, or ends, is opened again after the last event received. Throws LegatoError if
 * the server refuses, and the last network error after ten in a row.
 */
async function* readMessages(open: OpenEvents, { signal, ...from }: Reading): AsyncGenerator<Message> {
  let { lastEventId } = from;
  for (let failures = 0; ; failures += 1) {
    const openedMs = performance.now();
    try {
      for await (const message of parse(await open(lastEventId))) {
        lastEventId = message.id;
        failures = 0;
        yield message;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!isWorthAnotherTry(error) || failures >= MAX_FAILURES) throw error;
    }
    // A connection that was silent for long did not fail.
    if (performance.now() - openedMs > MAX_WAIT_MS) failures = 0;
    await pause(Math.min(FIRST_WAIT_MS * 2 ** failures, MAX_WAIT_MS), signal);
  }
}

/** A broken connection, or a server that is not ready. Any other answer would be the same again. */
function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof LegatoError) return error.status >= 502 && error.status <= 504;
  return error instanceof TypeError;
}

async function* parse({ body }: Response): AsyncGenerator<Message> {
  if (!body) return;
  const messages = body
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(new EventSourceParserStream())
    .getReader(); // Not every browser can iterate a stream.
  try {
    for (let message = await messages.read(); !message.done; message = await messages.read()) {
      const { id = '', data } = message.value;
      yield { id, sent: JSON.parse(data) as unknown };
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
