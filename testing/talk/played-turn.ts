import type { Item } from '../../contract/items.ts';
import type { TurnResult } from '../../contract/turn.ts';
import type { StepDependencies } from '../../live/turns/home-steps.ts';
import type { LiveTurn } from '../../live/turns/live-turn.ts';
import type { LiveTurns } from '../../live/turns/live-turns.ts';
import type { ModelRequest } from '../../providers/model.ts';
import type { StreamEvent, TurnStream } from '../../stream/turn-stream.ts';
import { Home } from '../../workflows/home.ts';
import { TurnPlayer } from '../../workflows/turn-player.ts';
import type { TestClock } from '../clock/test-clock.ts';
import { createMemoryEngine } from './memory-engine.ts';

/** What turns of one conversation are played with. */
export interface Stage {
  readonly turns: LiveTurns;
  readonly steps: StepDependencies;
  readonly stream: TurnStream & { readonly eventsOf: (turnId: string) => readonly StreamEvent[] };
  readonly clock: TestClock;
}

/** One turn of a conversation in a test: home's part of it and its record. */
export class PlayedTurn {
  readonly live: LiveTurn;
  readonly requests: ModelRequest[] = [];
  readonly #stage: Stage;
  readonly #player: TurnPlayer;
  #result: TurnResult | undefined;
  #failure: unknown;

  constructor(live: LiveTurn, stage: Stage) {
    this.live = live;
    this.#stage = stage;
    const { steps, clock } = stage;
    const port = createMemoryEngine({ turn: live, steps, clock, player: () => this.#player });
    this.#player = new TurnPlayer(live.start, createHome(), port);
  }

  get isOver(): boolean {
    return this.#result !== undefined || this.#failure !== undefined;
  }

  /** How it ended. Throws where that is not known. */
  get result(): TurnResult {
    if (this.#result) return this.#result;
    throw new Error(`Turn '${this.live.id}' has no result`, { cause: this.#failure });
  }

  get items(): readonly Item[] {
    return this.#result?.items ?? this.live.ownItems;
  }

  get events(): readonly StreamEvent[] {
    return this.#stage.stream.eventsOf(this.live.id);
  }

  play(): void {
    const { stream } = this.#stage;
    stream.open(this.live.streamed, this.live.startedMs);
    this.live.bind();
    this.live.acknowledge();
    this.live.play();
    this.#record().catch((error: unknown) => (this.#failure = error));
  }

  /** What home has decided becomes the record's. */
  async recordBargeIn(cut: NonNullable<LiveTurn['bargeIn']>): Promise<'recorded'> {
    await this.#player.interrupt({ id: cut.id, cut });
    return 'recorded';
  }

  async #record(): Promise<void> {
    const outcome = await this.#player.play();
    await this.#player.idle();
    const result = { ...this.#player.result, outcome };
    const { live } = this;
    const text = result.items.flatMap((item) => (item.type === 'speech' ? [item.text] : [])).join(' ');
    const by = { turnId: live.id, step: 'close', epoch: live.epoch };
    this.#stage.stream.publish(by, { type: 'turn.finished', outcome, degraded: result.degraded, text });
    this.#result = result;
    this.#stage.turns.close(live.id, { outcome, items: result.items });
  }
}

/** There is one process, which is never lost. */
function createHome(): Home {
  return new Home({
    queue: 'test',
    bound: true,
    probe: () => Promise.resolve(true),
    takeOver: () => Promise.resolve('test'),
  });
}
