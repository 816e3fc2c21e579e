import { join } from 'node:path';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import OpenAI from 'openai';
import type * as Splitter from '../../live/speech/sentence-splitter.ts';
import type * as Spoken from '../../live/speech/spoken-text.ts';
import type * as Replies from '../../live/thinking/model-reply.ts';
import type * as Words from '../../live/thinking/round-words.ts';
import type * as Models from '../../providers/openai/model.ts';
import { processClock } from '../../time/clock.ts';

const SPOKEN_AT_ONCE = 4;

/** The way of a reply in one checkout: from the bytes of the wire to sentences, with what is to be spoken of them. */
export interface ReplyPath {
  /** Plays a stream, each piece in a turn of the event loop of its own; returns the sentences. */
  readonly play: (pieces: readonly Uint8Array[]) => Promise<readonly string[]>;
}

export async function loadReplyPath(checkout: string): Promise<ReplyPath> {
  const load = async <T>(path: string): Promise<T> => (await import(pathToFileURL(join(checkout, path)).href)) as T;
  const { createOpenAIModel } = await load<typeof Models>('providers/openai/model.ts');
  const { streamReply } = await load<typeof Replies>('live/thinking/model-reply.ts');
  const { RoundWords } = await load<typeof Words>('live/thinking/round-words.ts');
  const { SentenceSplitter } = await load<typeof Splitter>('live/speech/sentence-splitter.ts');
  // A checkout from before it was there speaks what is written.
  const spoken = await load<typeof Spoken>('live/speech/spoken-text.ts').catch(() => undefined);
  const toSpoken = spoken?.createSpokenForm({ voiceText: 'plain', pronounce: [] });
  return {
    async play(pieces) {
      const splitter = new SentenceSplitter();
      const sentences: string[] = [];
      const take = (more: readonly string[]): void => void sentences.push(...more);
      const speaker = { say: (text: string) => take(splitter.push(text)), flush: () => take(splitter.end()) };
      const model = createOpenAIModel(clientOf(pieces));
      const setting = {
        // A checkout from before models had objects takes `model`.
        ...{ model, modelFor: () => model, words: new RoundWords(speaker), clock: processClock },
        ...{ timeoutMs: 60_000, patienceMs: 60_000, fallbackModels: [], fallbackModel: undefined },
        ...{ signal: new AbortController().signal, maxCallsChars: 64 * 1024, maxStateBytes: 64 * 1024 },
      };
      await streamReply(
        { model: 'm', messages: [{ role: 'user', text: 'Hi' }], tools: [], toolChoice: 'auto' },
        setting,
      );
      take(splitter.end());
      // In a turn each is spoken when the one before it plays.
      for (const [at, sentence] of sentences.entries()) {
        toSpoken?.(sentence);
        if (at % SPOKEN_AT_ONCE === 0) await turnOfLoop();
      }
      return sentences;
    },
  };
}

/** A client whose server is in this process: no socket, whose time would hide that of the reply. */
function clientOf(pieces: readonly Uint8Array[]): OpenAI {
  async function* send(): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) {
      await turnOfLoop();
      yield piece;
    }
  }
  const headers = { 'content-type': 'text/event-stream' };
  const fetch = (): Promise<Response> => Promise.resolve(new Response(ReadableStream.from(send()), { headers }));
  return new OpenAI({ apiKey: 'none', baseURL: 'http://bench.example/v1', maxRetries: 0, logLevel: 'off', fetch });
}
