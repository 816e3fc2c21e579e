declare module '@echogarden/espeak-ng-emscripten' {
  interface Worker {
    set_voice(name: string): number;
    set_rate(wordsPerMinute: number): void;
    get_samplerate(): number;
    /** Synthesises at once, and hands over the samples in pieces. */
    synthesize(text: string, onSamples: (samples: Int16Array | null) => boolean): void;
  }
  interface Espeak {
    readonly eSpeakNGWorker: new () => Worker;
  }
  export default function loadEspeak(): Promise<Espeak>;
}
