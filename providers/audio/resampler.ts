import { SAMPLE_RATE_HZ } from '../../contract/audio.ts';

/** Of 0 to 10: beyond it nobody hears a difference in speech. */
const QUALITY = 5;
/** Samples that are handed over at a time. */
const ROOM = 4_096;
const BYTES_PER_SAMPLE = 2;
const BYTES_PER_NUMBER = 4;

/** Loaded where it is needed first: most voices have the right rate. */
const load = async () => (await import('@echogarden/speex-resampler-wasm/simd')).default();
let speex: ReturnType<typeof load> | undefined;

/** One stream of samples at 24 kHz, made from another rate. It owns memory: dispose of it. */
export class Resampler implements Disposable {
  readonly #speex: Awaited<ReturnType<typeof load>>;
  readonly #state: number;
  /** Two numbers, then room for input and output. */
  readonly #memory: number;

  static async open(rateHz: number): Promise<Resampler> {
    return new Resampler(await (speex ??= load()), rateHz);
  }

  private constructor(loaded: Awaited<ReturnType<typeof load>>, rateHz: number) {
    this.#speex = loaded;
    this.#memory = loaded._malloc(2 * BYTES_PER_NUMBER + 2 * ROOM * BYTES_PER_SAMPLE);
    this.#state = loaded._speex_resampler_init(1, rateHz, SAMPLE_RATE_HZ, QUALITY, this.#memory);
    if (this.#memory === 0 || this.#state === 0) throw new Error(`Cannot resample from ${rateHz} Hz: no memory`);
    loaded._speex_resampler_skip_zeros(this.#state);
  }

  push(samples: Int16Array): Int16Array {
    const pieces: Int16Array[] = [];
    for (let at = 0; at < samples.length;) {
      const { read, made } = this.#process(samples.subarray(at, at + ROOM));
      at += read;
      pieces.push(made);
    }
    return joined(pieces);
  }

  /** What still waits for samples behind it. */
  end(): Int16Array {
    return this.push(new Int16Array(this.#speex._speex_resampler_get_input_latency(this.#state)));
  }

  [Symbol.dispose](): void {
    this.#speex._speex_resampler_destroy(this.#state);
    this.#speex._free(this.#memory);
  }

  #process(samples: Int16Array): { readonly read: number; readonly made: Int16Array } {
    const { _speex_resampler_process_int: process } = this.#speex;
    const lengths = this.#memory;
    const input = lengths + 2 * BYTES_PER_NUMBER;
    const output = input + ROOM * BYTES_PER_SAMPLE;
    this.#speex.HEAP16.set(samples, input / BYTES_PER_SAMPLE);
    this.#speex.HEAP32.set([samples.length, ROOM], lengths / BYTES_PER_NUMBER);
    process(this.#state, 0, input, lengths, output, lengths + BYTES_PER_NUMBER);
    // Read again: the memory may have grown.
    const { HEAP16, HEAP32 } = this.#speex;
    const [read = 0, written = 0] = HEAP32.subarray(lengths / BYTES_PER_NUMBER);
    const from = output / BYTES_PER_SAMPLE;
    return { read, made: HEAP16.slice(from, from + written) };
  }
}

function joined(pieces: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
