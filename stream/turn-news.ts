import type { StreamedTurn } from './turn-stream.ts';

export interface TurnNewsListener {
  /** A turn has a home: it was begun, or another process has taken it. May be told again of the same turn. */
  readonly opened?: (turn: StreamedTurn) => void;
  /** All of the turn was published. */
  readonly ended?: (turn: StreamedTurn) => void;
}

/**
 * That turns begin and end in a conversation, in whatever process, as far as it reaches this one. It is quick and may be lost: the
 * record knows.
 */
export interface TurnNews {
  /** Until it is disposed of. The listener is called in the tick in which the news is there, and must not throw. */
  listen(conversationId: string, listener: TurnNewsListener): Disposable;
}

/** The news of this process's own turns. */
export class TurnNewsHere implements TurnNews {
  readonly #listeners = new Map<string, Set<TurnNewsListener>>();

  listen(conversationId: string, listener: TurnNewsListener): Disposable {
    const listeners = this.#listeners.get(conversationId) ?? new Set();
    this.#listeners.set(conversationId, listeners.add(listener));
    return {
      [Symbol.dispose]: () => {
        listeners.delete(listener);
        if (listeners.size === 0 && this.#listeners.get(conversationId) === listeners)
          this.#listeners.delete(conversationId);
      },
    };
  }

  tell(news: keyof TurnNewsListener, turn: StreamedTurn): void {
    for (const listener of this.#listeners.get(turn.conversationId) ?? []) listener[news]?.(turn);
  }
}
