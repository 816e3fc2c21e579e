import { type ReplicaSetting, TurnReplica } from './turn-replica.ts';

/** How often it is looked whether Redis still has the turns that are read here. */
const LOOK_MS = 5_000;
/** For a home that has something to send again to a Redis that has forgotten it. */
const MISSED_LOOKS = 4;

/** The turns of other processes that are read in this one, each for as long as somebody holds it. */
export class TurnReplicas implements Disposable {
  readonly #setting: ReplicaSetting;
  readonly #replicas = new Map<string, TurnReplica>();
  readonly #missed = new Map<TurnReplica, number>();
  readonly #looking: NodeJS.Timeout;

  constructor(setting: ReplicaSetting) {
    this.#setting = setting;
    this.#looking = setInterval(() => this.#lookAtAll(), LOOK_MS).unref();
    setting.link.onUp(() => this.#lookAtAll());
  }

  has(turnId: string): boolean {
    return this.#replicas.has(turnId);
  }

  /** Resolves when the turn can be read in memory. Undefined where Redis does not have it, or is away. */
  async hold(turnId: string): Promise<Disposable | undefined> {
    const replica = this.#replicas.get(turnId) ?? new TurnReplica(turnId, this.#setting);
    this.#replicas.set(turnId, replica);
    replica.holders += 1;
    const release = (): void => this.#release(turnId, replica);
    const isThere = await (replica.log ? Promise.resolve(true) : replica.begin().catch(() => false));
    // It may have been let go of meanwhile: this process is its home.
    if (isThere && this.#replicas.get(turnId) === replica) return { [Symbol.dispose]: release };
    release();
    return undefined;
  }

  /** This process is the turn's home: what is in memory is its own, and stays. */
  letGo(turnId: string): void {
    const replica = this.#replicas.get(turnId);
    replica?.leave();
    this.#replicas.delete(turnId);
    if (replica) this.#missed.delete(replica);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#looking);
    for (const turnId of [...this.#replicas.keys()]) this.letGo(turnId);
  }

  #release(turnId: string, replica: TurnReplica): void {
    replica.holders -= 1;
    if (replica.holders > 0 || this.#replicas.get(turnId) !== replica) return;
    this.letGo(turnId);
    this.#setting.memory.drop(turnId);
  }

  #lookAtAll(): void {
    for (const [turnId, replica] of this.#replicas) void this.#lookAt(turnId, replica);
  }

  async #lookAt(turnId: string, replica: TurnReplica): Promise<void> {
    if (!replica.log || replica.log.finished) return;
    const isThere = await replica.read().catch(() => false);
    const missed = isThere ? 0 : (this.#missed.get(replica) ?? 0) + 1;
    this.#missed.set(replica, missed);
    if (missed < MISSED_LOOKS || this.#replicas.get(turnId) !== replica) return;
    this.letGo(turnId);
    // Its readers are told that it cannot be read here any more.
    this.#setting.memory.drop(turnId);
  }
}
