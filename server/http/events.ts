import type { Request } from 'express';
import type { ServedConversationEvent } from '../../contract/conversation-events.ts';
import type { ServedEvent } from '../../contract/http.ts';
import { EventId, FollowedEventId } from '../../contract/http-parameters.ts';
import { ConversationPosition } from '../../service/conversation-position.ts';
import type { FollowedConversation } from '../../service/conversation-readings.ts';
import type { ReadEvent } from '../../service/turn-readings.ts';
import { hasScope, mayUse } from '../access/identity.ts';
import { identityOf, senderNow } from './authenticate.ts';
import type { FrontEndDependencies } from './front-end.ts';
import { DEFAULT_PACE, type PacedWriter } from './paced-writer.ts';
import * as problems from './problems.ts';
import { eventsQuery, pathId } from './request.ts';
import type { Handler } from './responder.ts';

const headers = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  // Proxies that buffer would hold back what is meant to be heard now.
  'X-Accel-Buffering': 'no',
};

/** `GET /v1/turns/:id/events` */
export function getEvents({ service, pace }: FrontEndDependencies): Handler {
  const heartbeatMs = pace?.heartbeatMs ?? DEFAULT_PACE.heartbeatMs;
  return async (request, signal) => {
    const { audio, lastEventId = '0' } = eventsQuery(request, EventId);
    const events = await service.events(pathId(request), { audio, afterSeq: Number(lastEventId), signal });
    return { headers, stream: (writer) => withHeartbeat(writer, heartbeatMs, () => send(writer, events)) };
  };
}

/** `GET /v1/conversations/:id/events` */
export function getConversationEvents({ service, access, pace }: FrontEndDependencies): Handler {
  const heartbeatMs = pace?.heartbeatMs ?? DEFAULT_PACE.heartbeatMs;
  return async (request, signal) => {
    const { audio, lastEventId } = eventsQuery(request, FollowedEventId);
    const after = toPosition(lastEventId);
    const conversationId = pathId(request);
    const asked = { audio, ...(after && { after }) };
    const ends = [...expiryOf(request), withdrawalOf(request, { access, conversationId, signal })];
    const query = { ...asked, signal: AbortSignal.any([signal, ...ends]) };
    const followed = await service.follow(conversationId, query);
    const stream = async (writer: PacedWriter): Promise<void> => {
      const joined = { type: 'conversation.joined', conversationId } as const;
      if (!after) await writer.write(format(followed.position, joined));
      await sendFollowed(writer, followed);
    };
    return { headers, stream: (writer) => withHeartbeat(writer, heartbeatMs, () => stream(writer)) };
  };
}

/** This stream has no end of its own: it ends with the token of its reader, who comes back with another one. */
function expiryOf(request: Request): readonly AbortSignal[] {
  const { expiresAtMs } = identityOf(request);
  return expiresAtMs === undefined ? [] : [AbortSignal.timeout(Math.max(0, expiresAtMs - Date.now()))];
}

interface Following extends Pick<FrontEndDependencies, 'access'> {
  readonly conversationId: string;
  /** Aborted when the reader has left. */
  readonly signal: AbortSignal;
}

/** Nor does it go on without the key by which it was opened. */
function withdrawalOf(request: Request, { access, conversationId, signal }: Following): AbortSignal {
  const withdrawn = new AbortController();
  const look = (): void => {
    const sender = senderNow(request, access);
    if (!sender || !hasScope(sender, 'read') || !mayUse(sender, conversationId)) withdrawn.abort();
  };
  access.onReplaced(look, signal);
  return withdrawn.signal;
}

/** Undefined where the reader names none. */
function toPosition(lastEventId: string | undefined): ConversationPosition | undefined {
  return lastEventId === undefined ? undefined : (ConversationPosition.parse(lastEventId) ?? refuseEventId());
}

function refuseEventId(): never {
  throw problems.invalidEventId();
}

async function withHeartbeat(writer: PacedWriter, heartbeatMs: number, sending: () => Promise<void>): Promise<void> {
  const beat = setInterval(() => writer.offer(':\n\n'), heartbeatMs);
  try {
    await sending();
  } finally {
    clearInterval(beat);
  }
}

async function send(writer: PacedWriter, events: AsyncIterable<ReadEvent>): Promise<void> {
  for await (const event of events) await writer.write(format(event.seq, toServed(event)));
}

async function sendFollowed(writer: PacedWriter, { events }: FollowedConversation): Promise<void> {
  for await (const { turnId, event, position } of events) {
    await writer.write(format(position, { turnId, ...toServed(event) }));
  }
}

function toServed(event: ReadEvent): ServedEvent {
  if (event.type !== 'speech.audio') return event;
  return { ...event, pcm: Buffer.from(event.pcm).toString('base64') };
}

/** JSON has no line breaks of its own, so one `data` line holds it. */
function format(id: string | number, event: ServedEvent | ServedConversationEvent): string {
  return `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
