const SAMPLE_RATE_HZ = 24_000;
/** So that the first piece is not due before it is scheduled. */
const LEAD_S = 0.05;

/** Plays the pieces of one speech end to end, and knows how much of it was heard. */
export class Speech {
  #context;
  #pieces = [];
  #sources = new Set();

  constructor(context) {
    this.#context = context;
  }

  /** `pcm`: base64 of signed 16 bit little endian samples, 24 kHz, mono. */
  add(pcm) {
    const bytes = Uint8Array.from(atob(pcm), (character) => character.charCodeAt(0));
    const samples = Float32Array.from(new Int16Array(bytes.buffer), (sample) => sample / 32_768);
    const buffer = this.#context.createBuffer(1, samples.length, SAMPLE_RATE_HZ);
    buffer.copyToChannel(samples, 0);
    const { end = 0, to = 0 } = this.#pieces.at(-1) ?? {};
    const start = Math.max(end, this.#context.currentTime + LEAD_S);
    this.#pieces.push({ start, end: start + buffer.duration, from: to, to: to + buffer.duration });
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.connect(this.#context.destination);
    source.onended = () => this.#sources.delete(source);
    source.start(start);
    this.#sources.add(source);
  }

  /** A piece that came late leaves a gap, which is not speech: what was heard is not the time since the beginning. */
  get heardMs() {
    const now = this.#context.currentTime - (this.#context.outputLatency ?? 0);
    const { start, from = 0, to = 0 } = this.#pieces.findLast((piece) => piece.start <= now) ?? {};
    return Math.ceil(1_000 * Math.min(from + now - (start ?? now), to));
  }

  stop() {
    for (const source of this.#sources) source.stop();
  }
}
