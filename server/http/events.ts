import type { Request } from 'express';
import type { ServedConversationEvent } from '../../contract/conversation-events.ts';
import type { ServedEvent } from '../../contract/http.ts';
import { ConversationPosition } from '../../service/conversation-position.ts';
import type { FollowedConversation } from '../../service/conversation-readings.ts';
import type { ReadEvent } from '../../service/turn-readings.ts';
import { identityOf } from './authenticate.ts';
import type { FrontEndDependencies } from './front-end.ts';
import { DEFAULT_PACE, type PacedWriter } from './paced-writer.ts';
import * as problems from './problems.ts';
import { pathId } from './request.ts';
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
    const query = { audio: request.query['audio'] === '1', afterSeq: afterSeqOf(request), signal };
    const events = await service.events(pathId(request), query);
    return { headers, stream: (writer) => withHeartbeat(writer, heartbeatMs, () => send(writer, events)) };
  };
}

/** `GET /v1/conversations/:id/events` */
export function getConversationEvents({ service, pace }: FrontEndDependencies): Handler {
  const heartbeatMs = pace?.heartbeatMs ?? DEFAULT_PACE.heartbeatMs;
  return async (request, signal) => {
    const after = positionOf(request);
    const conversationId = pathId(request);
    const asked = { audio: request.query['audio'] === '1', ...(after && { after }) };
    const query = { ...asked, signal: AbortSignal.any([signal, ...expiryOf(request)]) };
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

/** Undefined where the reader names none. */
function positionOf(request: Request): ConversationPosition | undefined {
  const sent = request.get('Last-Event-ID') ?? request.query['lastEventId'];
  if (sent === undefined) return undefined;
  const position = typeof sent === 'string' ? ConversationPosition.parse(sent) : undefined;
  if (!position) throw problems.invalidEventId();
  return position;
}

function afterSeqOf(request: Request): number {
  const sent = request.get('Last-Event-ID') ?? request.query['lastEventId'] ?? '0';
  if (typeof sent !== 'string' || !/^\d{1,15}$/.test(sent)) throw problems.invalidEventId();
  return Number(sent);
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
