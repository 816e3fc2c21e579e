import type { Request } from 'express';
import type { ServedEvent, Turn } from '../../contract/http.ts';
import { StreamUnknown } from '../../stream/turn-stream.ts';
import type { StreamEvent } from '../../stream/turn-stream.ts';
import type { FrontEndDependencies } from './front-end.ts';
import { DEFAULT_PACE, type PacedWriter } from './paced-writer.ts';
import { pathId } from './path-id.ts';
import * as problems from './problems.ts';
import { readTurn } from '../../record/read-turn.ts';
import type { Handler } from './responder.ts';
import { waitForEnd } from '../../record/wait-for-end.ts';

const headers = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  // Proxies that buffer would hold back what is meant to be heard now.
  'X-Accel-Buffering': 'no',
};

interface Reading {
  readonly turnId: string;
  readonly audio: boolean;
  /** The last event that the reader has. */
  readonly afterSeq: number;
}

/** `GET /v1/turns/:id/events` */
export function getEvents(deps: FrontEndDependencies): Handler {
  return async (request) => {
    const turnId = pathId(request);
    const reading = { turnId, audio: request.query['audio'] === '1', afterSeq: afterSeqOf(request) };
    if (!deps.stream.has(turnId) && !(await readTurn(deps, turnId))) throw problems.unknownTurn(turnId);
    return { headers, stream: (writer) => withHeartbeat(deps, writer, () => sendEvents(deps, writer, reading)) };
  };
}

function afterSeqOf(request: Request): number {
  const sent = request.get('Last-Event-ID') ?? request.query['lastEventId'] ?? '0';
  if (typeof sent !== 'string' || !/^\d{1,15}$/.test(sent)) throw problems.invalidEventId();
  return Number(sent);
}

async function withHeartbeat(
  deps: FrontEndDependencies,
  writer: PacedWriter,
  send: () => Promise<void>,
): Promise<void> {
  const beat = setInterval(() => writer.offer(':\n\n'), deps.pace?.heartbeatMs ?? DEFAULT_PACE.heartbeatMs);
  try {
    await send();
  } finally {
    clearInterval(beat);
  }
}

/** The events that are kept here, or where they no longer are, what stands for them. */
async function sendEvents(deps: FrontEndDependencies, writer: PacedWriter, reading: Reading): Promise<void> {
  let { afterSeq } = reading;
  try {
    for await (const event of deps.stream.subscribe(reading.turnId, { ...reading, signal: writer.signal })) {
      await writer.write(formatEvent(toServed(event)));
      afterSeq = event.seq;
    }
  } catch (error) {
    if (!(error instanceof StreamUnknown)) throw error;
    await sendSnapshot(deps, writer, { ...reading, afterSeq });
  }
}

async function sendSnapshot(deps: FrontEndDependencies, writer: PacedWriter, reading: Reading): Promise<void> {
  if (!(await waitForEnd(deps.client, reading.turnId, { signal: writer.signal }))) return;
  const turn = await readTurn(deps, reading.turnId);
  if (!turn) return;
  for (const event of toSnapshot(turn, reading.afterSeq)) await writer.write(formatEvent(event));
}

/** Numbered from where the reader is, so that it takes them for new. */
function toSnapshot(turn: Turn, afterSeq: number): ServedEvent[] {
  const endedAt = turn.finishedAt ?? turn.startedAt;
  // Two clocks: that of the front end and that of Temporal.
  const atMs = Math.max(0, Date.parse(endedAt) - Date.parse(turn.startedAt));
  const said = turn.items.flatMap((item) => (item.type === 'speech' ? [item.text] : []));
  const { outcome = 'failed', degraded = false } = turn;
  return [
    { seq: afterSeq + 1, atMs, type: 'turn.snapshot', ...turn },
    { seq: afterSeq + 2, atMs, type: 'turn.finished', outcome, degraded, text: said.join(' ') },
  ];
}

function toServed(event: StreamEvent): ServedEvent {
  if (event.type !== 'speech.audio') return event;
  return { ...event, pcm: Buffer.from(event.pcm).toString('base64') };
}

/** JSON has no line breaks of its own, so one `data` line holds it. */
function formatEvent(event: ServedEvent): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
