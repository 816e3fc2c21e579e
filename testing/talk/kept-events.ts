import { MemoryStream } from '../../stream/memory.ts';
import type { NewEvent, Publisher, StreamedTurn, StreamEvent } from '../../stream/turn-stream.ts';

/** All that the turns of a conversation publish, with the time by the test's clock; no reader is served, and nothing expires. */
export class KeptEvents extends MemoryStream {
  readonly #clock: { readonly nowMs: () => number };
  readonly #turns = new Map<string, { readonly startedMs: number; readonly events: StreamEvent[] }>();
  onEvent: (turnId: string, event: StreamEvent) => void = () => undefined;

  constructor(clock: { readonly nowMs: () => number }) {
    super({}, clock);
    this.#clock = clock;
  }

  eventsOf(turnId: string): readonly StreamEvent[] {
    return this.#turns.get(turnId)?.events ?? [];
  }

  override open({ id }: StreamedTurn, startedMs: number): void {
    if (!this.#turns.has(id)) this.#turns.set(id, { startedMs, events: [] });
  }

  override publish({ turnId }: Publisher, event: NewEvent, happenedMs = this.#clock.nowMs()): void {
    const turn = this.#turns.get(turnId);
    if (!turn) return;
    const stamped = { ...event, seq: turn.events.length + 1, atMs: Math.round(happenedMs - turn.startedMs) };
    turn.events.push(stamped);
    this.onEvent(turnId, stamped);
  }
}
