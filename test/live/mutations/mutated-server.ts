import OpenAI from 'openai';
import { GO_ON } from '../../../providers/ordered-messages.ts';
import { aborted } from '../../../time/clock.ts';
import type { TestClock } from '../../../testing/clock/test-clock.ts';
import { bytesOf, type Ending, type Mutations, none } from './mutations.ts';
import type { Server } from './servers.ts';
import { answer, restOf, type WrittenReply } from './written-replies.ts';

export interface MutatedSetting {
  readonly server: Server;
  readonly reply: WrittenReply;
  /** Of the requests, one after the other; those after them get their stream as it is. */
  readonly mutations: readonly Mutations[];
}

interface WireMessage {
  readonly role: string;
  readonly content: string | null;
}

/** Longer than anybody waits for a model. */
const SILENCE_MS = 60_000;
const HEARTBEAT = { everyMs: 400, count: 100, bytes: new TextEncoder().encode(': heartbeat\n\n') };

/**
 * A server of the wire whose streams are mutated, and the client of it. Its bytes go through the client's own fetch and not
 * through a socket, so that thousands of streams take seconds; what it takes time for it does by the test's clock.
 */
export class MutatedServer {
  readonly #setting: MutatedSetting;
  readonly #clock: TestClock;
  asked = 0;
  /** Bytes that were read of all streams. */
  bytesRead = 0;

  constructor(setting: MutatedSetting, clock: TestClock) {
    this.#setting = setting;
    this.#clock = clock;
  }

  readonly client = new OpenAI({
    ...{ apiKey: 'none', baseURL: 'http://mutated.example/v1', maxRetries: 0, logLevel: 'off' },
    fetch: (_, init) => Promise.resolve(this.#answer(init?.body as string, init?.signal ?? undefined)),
  });

  #answer(body: string, signal = new AbortController().signal): Response {
    const { messages } = JSON.parse(body) as { messages: readonly WireMessage[] };
    const mutations = this.#setting.mutations[this.asked] ?? none;
    this.asked += 1;
    const pieces = bytesOf(this.#setting.server(this.#replyTo(messages)), mutations);
    const stream = ReadableStream.from(this.#send(pieces, mutations.ending, signal));
    return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
  }

  /** What a model says to this: it goes on where it is asked to. */
  #replyTo(messages: readonly WireMessage[]): WrittenReply {
    const goesOn = messages.at(-1)?.content === GO_ON;
    const before = goesOn ? messages.slice(0, -2) : messages;
    const reply = before.at(-1)?.role === 'tool' ? answer : this.#setting.reply;
    return goesOn ? restOf(reply, messages.at(-2)?.content ?? '') : reply;
  }

  async *#send(pieces: readonly Uint8Array[], ending: Ending, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) {
      signal.throwIfAborted();
      this.bytesRead += piece.length;
      yield piece;
    }
    if (ending === 'reset') throw new TypeError('terminated', { cause: new Error('other side closed') });
    if (ending === 'silent') await Promise.race([this.#clock.sleep(SILENCE_MS, signal), aborted(signal)]);
    for (let beats = 0; ending === 'heartbeats' && beats < HEARTBEAT.count; beats += 1) {
      await Promise.race([this.#clock.sleep(HEARTBEAT.everyMs, signal), aborted(signal)]);
      yield HEARTBEAT.bytes;
    }
    signal.throwIfAborted();
  }
}
