import { setTimeout as delay } from 'node:timers/promises';
import type { HeardEvent, HeardTurn, Post } from '../observation.ts';
import { ask } from './ask.ts';
import { audioMs, DevicePlayer } from './device-player.ts';
import { listen, type Listening } from './listen.ts';

const REPORT_MS = 250;

type Asked = Pick<HeardTurn, 'ref' | 'conversationId' | 'tools' | 'playout'> & { readonly isOverheard: boolean };

/** A turn at the device of its caller, and perhaps at a second listener. */
export class DeviceTurn {
  readonly asked: Asked;
  readonly posts: Post[] = [];
  readonly denials: string[] = [];
  readonly #heard: HeardEvent[] = [];
  readonly #overheard: HeardEvent[] = [];
  readonly #player = new DevicePlayer();
  #id: string | undefined;
  #cutMs: number | undefined;
  isFinished = false;

  constructor(asked: Asked) {
    this.asked = asked;
  }

  /** The caller speaks. */
  cut(): void {
    if (!this.isFinished) this.#cutMs ??= performance.now();
  }

  async listen(id: string, { pick, signal }: Pick<Listening, 'pick' | 'signal'>): Promise<void> {
    this.#id = id;
    const onDenial = (denial: string): void => void this.denials.push(denial);
    const beside = this.asked.isOverheard
      ? listen({ turnId: id, pick, signal, onDenial, onEvent: (heard) => this.#overheard.push(withoutSound(heard)) })
      : undefined;
    const reporting = this.asked.playout === 'client' ? this.#report(id, pick) : undefined;
    await listen({ turnId: id, pick, signal, onDenial, onEvent: (heard) => this.#hear(heard) });
    this.isFinished = true;
    await Promise.all([beside, reporting]);
  }

  #hear(heard: HeardEvent): void {
    this.#player.hear(heard.event, audioMs(heard.event));
    this.#heard.push(withoutSound(heard));
  }

  async #report(id: string, pick: Listening['pick']): Promise<void> {
    while (!this.isFinished) {
      const report = this.#player.report(performance.now());
      const frontEnd = pick();
      if (report && frontEnd) void ask(frontEnd, `/v1/turns/${id}/playout`, { body: report });
      await delay(REPORT_MS);
    }
  }

  observed(): HeardTurn {
    const { isOverheard: _, ...asked } = this.asked;
    return {
      ...asked,
      ...{ posts: this.posts, denials: this.denials, heard: this.#heard, overheard: this.#overheard },
      ...(this.#id !== undefined && { id: this.#id }),
      ...(this.#cutMs !== undefined && { cutMs: this.#cutMs }),
    };
  }
}

/** How long the sound is stays in place of the sound. */
function withoutSound({ event, ...more }: HeardEvent): HeardEvent {
  if (event.type !== 'speech.audio') return { event, ...more };
  return { event: { ...event, pcm: String(Math.round(audioMs(event))) }, ...more };
}
