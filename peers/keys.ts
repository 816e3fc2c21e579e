/** Whose keys they are: agents of other names or namespaces may use the same Redis. */
export interface Keyspace {
  readonly namespace: string;
  readonly agent: string;
  /** The number of Redis's database. Channels are the same in all of them, so that names say it. */
  readonly database: number;
}

/** The names of keys and channels. In braces is what a Redis that splits its keys keeps together. */
export class Keys {
  readonly #prefix: string;

  constructor({ namespace, agent, database }: Keyspace) {
    this.#prefix = `legato:{${namespace}/${agent}${database === 0 ? '' : `/${database}`}}:`;
  }

  /** Hash: epoch, home, place and state of a turn. Also the channel of its events. */
  turn(id: string): string {
    return `${this.#prefix}turn:${id}`;
  }

  /** Stream: the events of a turn; ids are `<seq>-0`. */
  events(id: string): string {
    return `${this.#prefix}events:${id}`;
  }

  /** Sorted set: the turns of a conversation by the time at which they expire. Also the channel of their news. */
  conversation(id: string): string {
    return `${this.#prefix}conversation:${id}`;
  }

  /** The lease of a process. */
  lease(home: string): string {
    return `${this.#prefix}lease:${home}`;
  }

  /** Channel: what others ask of a process, and answer it. */
  home(home: string): string {
    return `${this.#prefix}home:${home}`;
  }

  /** What is written to see whether Redis takes it. */
  get check(): string {
    return `${this.#prefix}check`;
  }

  /** Since when this Redis remembers. */
  get born(): string {
    return `${this.#prefix}born`;
  }
}
