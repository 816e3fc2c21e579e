import type { Agent } from '../../agent/agent.ts';
import type { LiveTurn } from '../../live/turns/live-turn.ts';
import type { StepDependencies } from '../../live/turns/home-steps.ts';
import type { AgentKit } from './agent-kit.ts';

/**
 * Which code plays which turn, in a process whose agent may be reloaded.
 *
 * 1. A turn is played with the kit that was the newest when it was opened, to its end, also the steps that Temporal asks for.
 * 2. A kit that is not the newest is retired once its last turn has left.
 */
export class AgentInUse implements AsyncDisposable, Pick<Agent, 'name' | 'terms' | 'metadata' | 'termsFor'> {
  #newest: AgentKit;
  /** The kits whose threads may still run, with their open turns. */
  readonly #open = new Map<AgentKit, Set<LiveTurn>>();
  readonly #kits = new WeakMap<LiveTurn, AgentKit>();
  readonly #retiring = new Set<Promise<void>>();

  constructor(kit: AgentKit) {
    this.#newest = kit;
    this.#open.set(kit, new Set());
  }

  get newest(): AgentKit {
    return this.#newest;
  }

  /** The same for all kits. */
  get name(): string {
    return this.#newest.agent.name;
  }

  /** Of turns that begin now. */
  get terms(): Agent['terms'] {
    return this.#newest.agent.terms;
  }

  /** The same, with the instructions of one turn. */
  termsFor(turn: Parameters<Agent['termsFor']>[0]): Agent['terms'] {
    return this.#newest.agent.termsFor(turn);
  }

  /** Of conversations that begin or go on now. */
  get metadata(): Agent['metadata'] {
    return this.#newest.agent.metadata;
  }

  /** To be called in the tick in which a turn is opened. */
  opened(turn: LiveTurn): void {
    this.#kits.set(turn, this.#newest);
    this.#open.get(this.#newest)?.add(turn);
  }

  left(turn: LiveTurn): void {
    const kit = this.#kits.get(turn);
    if (!kit) return;
    this.#open.get(kit)?.delete(turn);
    this.#retireIfOver(kit);
  }

  stepsFor(turn: LiveTurn): StepDependencies {
    return (this.#kits.get(turn) ?? this.#newest).steps;
  }

  /** Turns are opened with this kit from now on. Returns how many are still played with another one. */
  use(kit: AgentKit): number {
    const before = this.#newest;
    this.#newest = kit;
    this.#open.set(kit, new Set());
    this.#retireIfOver(before);
    return [...this.#open.values()].reduce((sum, turns) => sum + turns.size, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#open.keys()].map((kit) => kit.close()));
    // Closing ends what they wait for.
    await Promise.all(this.#retiring);
  }

  #retireIfOver(kit: AgentKit): void {
    if (kit === this.#newest || this.#open.get(kit)?.size !== 0) return;
    const retiring = kit.retire().finally(() => {
      this.#open.delete(kit);
      this.#retiring.delete(retiring);
    });
    this.#retiring.add(retiring);
  }
}
