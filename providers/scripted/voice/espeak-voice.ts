import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import type { SynthesisAnswer, SynthesisRequest } from './espeak-worker.ts';
import type { ScriptedVoice } from './scripted-voice.ts';

/** A sentence is about 150 kB. */
const MAX_SENTENCES = 64;

/** Real speech by eSpeak NG, synthesised on a thread of its own; throws when that does not start. */
export async function startEspeakVoice(): Promise<ScriptedVoice> {
  const worker = new Worker(new URL('./espeak-worker.ts', import.meta.url));
  try {
    await once(worker, 'message');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot start the speech of the scripted server: ${why}; run 'npm ci', or use speech 'tone'`, {
      cause: error,
    });
  }
  return new EspeakVoice(worker);
}

/** Owns the thread. Caches sentences, so that one that is requested twice at a time is synthesised once. */
class EspeakVoice implements ScriptedVoice {
  readonly #worker: Worker;
  readonly #cache = new LRUCache<string, Promise<Uint8Array>>({ max: MAX_SENTENCES });
  readonly #open = new Map<number, PromiseWithResolvers<Uint8Array>>();
  #lastId = 0;
  #ended: Error | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: SynthesisAnswer) => this.#settle(answer));
    worker.on('error', (error: Error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new Error('The speech thread has ended')));
    worker.unref();
  }

  synthesise(text: string, voice: string): Promise<Uint8Array> {
    const key = `${voice}\n${text}`;
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const speech = this.#ask(text, voice);
    this.#cache.set(key, speech);
    return speech;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(text: string, voice: string): Promise<Uint8Array> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const speech = Promise.withResolvers<Uint8Array>();
    this.#lastId += 1;
    this.#open.set(this.#lastId, speech);
    this.#worker.postMessage({ id: this.#lastId, text, voice } satisfies SynthesisRequest);
    return speech.promise;
  }

  #settle({ id, pcm }: SynthesisAnswer): void {
    this.#open.get(id)?.resolve(pcm);
    this.#open.delete(id);
  }

  /** The thread is gone, and with it all open requests. */
  #fail(error: Error): void {
    this.#ended ??= error;
    this.#cache.clear();
    for (const speech of this.#open.values()) speech.reject(error);
    this.#open.clear();
  }
}
