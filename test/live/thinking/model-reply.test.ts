import assert from 'node:assert/strict';
import { test } from 'node:test';
import { streamReply } from '../../../live/thinking/model-reply.ts';
import { RoundWords } from '../../../live/thinking/round-words.ts';
import { ProviderFailure } from '../../../providers/failure.ts';
import type { LanguageModel, ModelChunk } from '../../../providers/model.ts';
import { pause } from '../../../time/clock.ts';
import { TestClock } from '../../test-clock.ts';

/** What a model does when it is asked: says nothing, says a word and then nothing, fails at once, thinks for long, or answers. */
type Behaviour = 'silent' | 'stalls' | 'down' | 'busy' | 'busy_for_long' | 'refuses' | 'thinks' | 'answers';

interface Try {
  readonly model: string;
  /** When it was asked. */
  readonly atMs: number;
}

class BadModel implements LanguageModel {
  readonly tries: Try[] = [];
  readonly #clock: TestClock;
  readonly #behaviours: readonly Behaviour[];

  constructor(clock: TestClock, behaviours: readonly Behaviour[]) {
    this.#clock = clock;
    this.#behaviours = behaviours;
  }

  async *reply({ model }: { readonly model: string }, signal: AbortSignal): AsyncGenerator<ModelChunk> {
    const behaviour = this.#behaviours[this.tries.length] ?? 'silent';
    this.tries.push({ model, atMs: this.#clock.nowMs() });
    if (behaviour === 'down') throw new ProviderFailure('Down', { retryable: true });
    if (behaviour === 'busy') throw new ProviderFailure('Busy', { retryable: true, retryAfterMs: 1_000 });
    if (behaviour === 'busy_for_long') throw new ProviderFailure('Busy', { retryable: true, retryAfterMs: 5_000 });
    for (let count = 0; behaviour === 'thinks' && count < 5; count += 1) {
      await pause(this.#clock, 4_000, signal);
      yield { type: 'thought' };
    }
    if (behaviour === 'refuses') throw new ProviderFailure('Refused', { retryable: false });
    if (behaviour !== 'silent') yield { type: 'text', text: 'Hello. ' };
    if (behaviour === 'answers' || behaviour === 'thinks') return;
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  }
}

const request = { model: 'first', messages: [], tools: [], toolChoice: 'auto' } as const;

interface Played {
  readonly tries: readonly Try[];
  readonly endedMs: number;
  /** The message of the last failure; undefined where the model answered. */
  readonly failure: string | undefined;
}

async function play(behaviours: readonly Behaviour[], fallbackModel?: string): Promise<Played> {
  const clock = new TestClock();
  const model = new BadModel(clock, behaviours);
  const words = new RoundWords({ say: () => undefined, flush: () => undefined });
  const { signal } = new AbortController();
  const waiting = { timeoutMs: 8_000, patienceMs: 5_000, clock, signal, maxCallsChars: 1_000, maxStateBytes: 1_000 };
  const asked = streamReply(request, {
    modelFor: () => model,
    fallbackModels: fallbackModel === undefined ? [] : [{ model: fallbackModel }],
    words,
    ...waiting,
  }).then(
    () => ({ failure: undefined, endedMs: clock.nowMs() }),
    (error: Error) => ({ failure: error.message, endedMs: clock.nowMs() }),
  );
  await clock.advance(60_000);
  assert.equal(clock.waiting, 0);
  return { tries: model.tries, ...(await asked) };
}

interface Case {
  readonly of: string;
  readonly does: readonly Behaviour[];
  readonly fallback?: string;
  readonly tries: readonly [model: string, atMs: number][];
  readonly endedMs: number;
  readonly failure?: RegExp;
}

const cases: readonly Case[] = [
  {
    of: 'a model that is silent is asked once more, for half the time, and has failed then',
    does: ['silent', 'silent'],
    tries: [
      ['first', 0],
      ['first', 8_000],
    ],
    endedMs: 12_000,
    failure: /^The model was silent for 4000 ms$/,
  },
  {
    of: 'where there is a fallback model, that one is asked after a silence, and the silent one not again',
    does: ['silent', 'silent'],
    fallback: 'second',
    tries: [
      ['first', 0],
      ['second', 8_000],
    ],
    endedMs: 12_000,
    failure: /^The model was silent for 4000 ms$/,
  },
  {
    of: 'a fallback model answers for a silent one',
    does: ['silent', 'answers'],
    fallback: 'second',
    tries: [
      ['first', 0],
      ['second', 8_000],
    ],
    endedMs: 8_000,
  },
  {
    of: 'a failure that may pass is tried again a moment later, with half the time, and then the fallback model',
    does: ['down', 'silent', 'silent'],
    fallback: 'second',
    tries: [
      ['first', 0],
      ['first', 250],
      ['second', 4_250],
    ],
    endedMs: 8_250,
    failure: /^The model was silent for 4000 ms$/,
  },
  {
    of: 'a model that is busy is asked again when it has said',
    does: ['busy', 'answers'],
    fallback: 'second',
    tries: [
      ['first', 0],
      ['first', 1_000],
    ],
    endedMs: 1_000,
  },
  {
    of: 'for a model that is busy for longer than a second try may take the fallback model is asked at once',
    does: ['busy_for_long', 'answers'],
    fallback: 'second',
    tries: [
      ['first', 0],
      ['second', 0],
    ],
    endedMs: 0,
  },
  {
    of: 'a model that is busy for long, and has no fallback, is not asked again',
    does: ['busy_for_long'],
    tries: [['first', 0]],
    endedMs: 0,
    failure: /^Busy$/,
  },
  {
    of: 'a model that thinks for longer than it may be silent is waited for',
    does: ['thinks'],
    tries: [['first', 0]],
    endedMs: 20_000,
  },
  {
    of: 'a failure that stays is not tried again, but for the fallback model',
    does: ['refuses', 'down'],
    fallback: 'second',
    tries: [
      ['first', 0],
      ['second', 0],
    ],
    endedMs: 0,
    failure: /^Down$/,
  },
  {
    of: 'a model that falls silent in mid-sentence is tried again, and has as long as between two pieces before',
    does: ['stalls', 'answers'],
    fallback: 'second',
    tries: [
      ['first', 0],
      ['first', 5_000],
    ],
    endedMs: 5_000,
  },
];

for (const { of, does, fallback, tries, endedMs, failure } of cases) {
  test(`model reply: ${of}`, async () => {
    const played = await play(does, fallback);
    assert.deepEqual(
      played.tries.map(({ model, atMs }) => [model, atMs]),
      tries,
    );
    assert.equal(played.endedMs, endedMs);
    if (failure) assert.match(played.failure ?? '', failure);
    else assert.equal(played.failure, undefined);
  });
}

test('model reply: one that is cut while the model is silent ends at once, and nobody else is asked', async () => {
  const clock = new TestClock();
  const model = new BadModel(clock, ['silent']);
  const words = new RoundWords({ say: () => undefined, flush: () => undefined });
  const cut = new AbortController();
  const waiting = {
    timeoutMs: 8_000,
    patienceMs: 5_000,
    clock,
    signal: cut.signal,
    maxCallsChars: 1_000,
    maxStateBytes: 0,
  };
  const asked = streamReply(request, {
    modelFor: () => model,
    fallbackModels: [{ model: 'second' }],
    words,
    ...waiting,
  });
  await clock.advance(1_000);
  cut.abort(new Error('The caller spoke'));
  await assert.rejects(asked, { message: 'The caller spoke' });
  assert.equal(model.tries.length, 1);
  assert.equal(clock.waiting, 0);
});
