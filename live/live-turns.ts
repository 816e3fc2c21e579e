import { LRUCache } from 'lru-cache';
import type { TurnResult } from '../contract/turn.ts';
import { LiveTurn } from './live-turn.ts';
import type { OpenTurn } from './live-turn.ts';
import { PhraseChoice } from './phrase-choice.ts';
import type { Voice } from './synthesise.ts';
import { VoiceQueue } from './voice-queue.ts';

/**
 * The open turns that this process is home to. Owns their place in memory and nothing of their record: what is lost
 * here with the process, the workflow knows, or the step is done again.
 *
 * 1. A turn is here from the tick in which it is posted, or taken over, until it is closed.
 * 2. A conversation has at most one open turn here.
 */
export class LiveTurns {
  readonly #voice: Voice;
  readonly #turns = new Map<string, LiveTurn>();
  readonly #waiting = new Set<() => void>();
  readonly #phrases = new LRUCache<string, PhraseChoice>({ max: 10_000 });

  constructor(voice: Voice) {
    this.#voice = voice;
  }

  /** A turn that this process is about to start, or has taken over. */
  open(turn: OpenTurn): LiveTurn {
    const voice = new VoiceQueue(turn.input.modality === 'audio' ? this.#voice : undefined);
    const live = new LiveTurn(turn, { voice, phrases: this.#phrasesOf(turn.input.conversationId) });
    this.#turns.set(turn.id, live);
    return live;
  }

  get(id: string): LiveTurn | undefined {
    return this.#turns.get(id);
  }

  /** The turn that is open in a conversation, if this process is its home. */
  openIn(conversationId: string): LiveTurn | undefined {
    for (const turn of this.#turns.values()) {
      if (turn.input.conversationId === conversationId && turn.state !== 'refused') return turn;
    }
    return undefined;
  }

  get size(): number {
    return this.#turns.size;
  }

  /** The turn is over and its record complete. */
  close(id: string, result: TurnResult): void {
    this.#turns.get(id)?.close(result);
    this.forget(id);
  }

  /** Drops a turn that never was, or that is over. */
  forget(id: string): void {
    this.#turns.get(id)?.dispose();
    this.#turns.delete(id);
    if (this.#turns.size > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  /** Resolves when no turn is open here. */
  async whenEmpty(): Promise<void> {
    if (this.#turns.size === 0) return;
    await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  #phrasesOf(conversationId: string): PhraseChoice {
    const phrases = this.#phrases.get(conversationId) ?? new PhraseChoice();
    this.#phrases.set(conversationId, phrases);
    return phrases;
  }
}
