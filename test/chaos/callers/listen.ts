import { setTimeout as delay } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { ServedEvent } from 'legato/client';
import type { HeardEvent } from '../observation.ts';
import type { FrontEnd } from '../topology/topology.ts';

/** A device that hears nothing for so long goes to another front end. */
const SILENT_MS = 4_000;
const AGAIN_MS = 100;

export interface Listening {
  readonly turnId: string;
  readonly pick: () => FrontEnd | undefined;
  readonly onEvent: (heard: HeardEvent) => void;
  /** An answer that an accepted turn must not get. */
  readonly onDenial: (denial: string) => void;
  readonly signal: AbortSignal;
}

/** Reads a turn to its end, at one front end after another, and tells all that they send, also what it had before. */
export async function listen({ turnId, pick, onEvent, onDenial, signal }: Listening): Promise<void> {
  let lastSeq = 0;
  while (!signal.aborted) {
    const frontEnd = pick();
    const silence = new Silence();
    try {
      for await (const event of frontEnd ? open({ turnId, frontEnd, lastSeq, onDenial }, silence) : []) {
        silence.broken();
        onEvent({ event, from: frontEnd?.name ?? '', receivedMs: performance.now() });
        lastSeq = Math.max(lastSeq, event.seq);
        if (event.type === 'turn.finished') return;
      }
    } catch {
      // The front end is gone, or silent: another one is asked.
    } finally {
      silence.end();
    }
    await delay(AGAIN_MS);
  }
}

type Opening = Pick<Listening, 'turnId' | 'onDenial'> & { readonly frontEnd: FrontEnd; readonly lastSeq: number };

async function* open(opening: Opening, { signal }: Silence): AsyncGenerator<ServedEvent> {
  const { turnId, frontEnd, lastSeq, onDenial } = opening;
  const headers = lastSeq > 0 ? { 'Last-Event-ID': String(lastSeq) } : {};
  const response = await fetch(`${frontEnd.url}/v1/turns/${turnId}/events?audio=1`, { headers, signal });
  if (!response.ok) {
    const text = await response.text();
    if (response.status < 502) onDenial(`${frontEnd.name} answers ${response.status} to a reader: ${text}`);
    return;
  }
  const messages = response.body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of messages ?? []) yield JSON.parse(data) as ServedEvent;
}

/** Ends a request in which nothing comes. */
class Silence {
  readonly #ending = new AbortController();
  readonly #timer = setTimeout(() => this.#ending.abort(), SILENT_MS);
  readonly signal = this.#ending.signal;

  broken(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#ending.abort();
  }
}
