import { startRelay, type Relay } from '../../faults/relay.ts';
import { type ServingProcess, startServing } from '../../serving-process.ts';

export interface PlaceOptions {
  /** A letter. */
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly temporalAddress: string;
  readonly redisAddress: string;
}

type State = 'up' | 'stopped' | 'down';

/** Where one serving process runs at a time, with links of its own to Temporal and Redis that outlive it. */
export class Place implements AsyncDisposable {
  readonly temporal: Relay;
  readonly redis: Relay;
  readonly #options: PlaceOptions;
  #serving: ServingProcess | undefined;
  #starting: Promise<void> | undefined;
  #leaving: Promise<void> | undefined;
  #count = 0;
  state: State = 'down';
  /** Of processes that ended by themselves, or not as they should. */
  readonly crashes: string[] = [];
  /** Of all processes that were here: their logs. */
  readonly logs: { readonly name: string; readonly text: () => string }[] = [];

  private constructor(options: PlaceOptions, [temporal, redis]: readonly [Relay, Relay]) {
    this.#options = options;
    this.temporal = temporal;
    this.redis = redis;
  }

  static async open(options: PlaceOptions): Promise<Place> {
    const links = [startRelay(options.temporalAddress), startRelay(options.redisAddress)] as const;
    return new Place(options, await Promise.all(links));
  }

  /** The process that is here now, e.g. `b3`. */
  get name(): string {
    return `${this.#options.name}${this.#count}`;
  }

  get url(): string | undefined {
    return this.#serving?.url;
  }

  get isLeaving(): boolean {
    return this.#leaving !== undefined;
  }

  start(): Promise<void> {
    return (this.#starting ??= this.#start().finally(() => (this.#starting = undefined)));
  }

  async #start(): Promise<void> {
    const name = `${this.#options.name}${this.#count + 1}`;
    const links = { TEMPORAL_ADDRESS: this.temporal.address, REDIS_URL: `redis://${this.redis.address}` };
    // A link that is cut while it starts ends a process, as it should: it is then started again.
    for (let tries = 0; ; tries += 1) {
      try {
        const serving = await startServing({ ...this.#options.env, ...links });
        this.#count += 1;
        this.#serving = serving;
        this.state = 'up';
        this.logs.push({ name, text: serving.logged });
        return;
      } catch (error) {
        if (tries === 9) throw error;
      }
    }
  }

  async kill(): Promise<void> {
    const { name } = this;
    const serving = this.#take();
    if (!serving) return;
    const code = await serving.end('SIGKILL');
    // A process that was killed has no exit code.
    if (code !== null) this.crashes.push(`${name} had ended with ${code}`);
  }

  stop(): void {
    this.#serving?.pause();
    if (this.#serving) this.state = 'stopped';
  }

  continue(): void {
    this.#serving?.resume();
    if (this.#serving) this.state = 'up';
  }

  /** The process takes no more turns here; it ends when it has handed over. */
  terminate(): void {
    const { name } = this;
    const serving = this.#take();
    if (!serving) return;
    this.#leaving = serving.stop().then((code) => {
      if (code !== 0) this.crashes.push(`${name} ended with ${code} after SIGTERM`);
      this.#leaving = undefined;
    });
  }

  #take(): ServingProcess | undefined {
    const serving = this.#serving;
    this.#serving = undefined;
    this.state = 'down';
    return serving;
  }

  /** Both links whole again, and a process that runs. */
  async heal(): Promise<void> {
    this.temporal.resume();
    this.redis.resume();
    this.continue();
    await this.#starting;
    if (!this.#serving) await this.start();
    await this.#leaving;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#starting?.catch(() => undefined); // it could not be started, and so need not be ended
    await this.kill();
    await this.#leaving;
    await Promise.all([this.temporal[Symbol.asyncDispose](), this.redis[Symbol.asyncDispose]()]);
  }
}
