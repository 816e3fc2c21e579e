declare module '@echogarden/speex-resampler-wasm/simd' {
  /** SpeexDSP's resampler in a memory of its own. Numbers are addresses there. */
  interface Speex {
    /** Replaced when the memory grows. */
    readonly HEAP16: Int16Array;
    readonly HEAP32: Int32Array;
    readonly _malloc: (bytes: number) => number;
    readonly _free: (address: number) => void;
    /** Returns a state, or 0; the last argument is where the code of an error is written. */
    readonly _speex_resampler_init: (...args: [number, number, number, number, number]) => number;
    readonly _speex_resampler_skip_zeros: (state: number) => number;
    readonly _speex_resampler_get_input_latency: (state: number) => number;
    /** State, channel, input, its length, output, its room: the lengths are replaced by what was read and written. */
    readonly _speex_resampler_process_int: (...args: [number, number, number, number, number, number]) => number;
    readonly _speex_resampler_destroy: (state: number) => void;
  }
  export default function loadSpeex(): Promise<Speex>;
}
