import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wavHeader } from '../../server/http/wav.ts';
import type { Player } from './find-player.ts';
import { type RunningPlayer, startPlayer } from './running-player.ts';

/** One speech that is being played. */
export interface Playing {
  write(pcm: Uint8Array): void;
  /** All of it was written. */
  end(): void;
  /** Silent at once. */
  kill(): void;
  /** Resolves when all was played, or it was killed: with why a player failed, if one did. */
  readonly over: Promise<string | undefined>;
}

export function startPlaying(player: Player): Playing {
  return player.takes === 'stream' ? playStream(player) : new Clips(player);
}

function playStream(player: Player): Playing {
  const { child, over, kill } = startPlayer(player);
  child.stdin?.write(wavHeader());
  return {
    ...{ over, kill },
    write: (pcm) => void child.stdin?.write(pcm),
    end: () => void child.stdin?.end(),
  };
}

/** Frames come faster than they play: after this long without one a sentence is complete. */
const QUIET_MS = 200;

/** A speech for a player that only takes files: what has come is played whenever nothing more comes for a moment. */
class Clips implements Playing {
  readonly over: Promise<string | undefined>;
  readonly #player: Player;
  readonly #ended = Promise.withResolvers<string | undefined>();
  #frames: Uint8Array[] = [];
  #timer: NodeJS.Timeout | undefined;
  #running: RunningPlayer | undefined;
  #isWhole = false;

  constructor(player: Player) {
    this.#player = player;
    this.over = this.#ended.promise;
  }

  write(pcm: Uint8Array): void {
    this.#frames.push(pcm);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#play(), QUIET_MS);
  }

  end(): void {
    this.#isWhole = true;
    clearTimeout(this.#timer);
    void this.#play();
  }

  kill(): void {
    this.#frames = [];
    this.#isWhole = true;
    clearTimeout(this.#timer);
    this.#running?.kill();
    if (!this.#running) this.#ended.resolve(undefined);
  }

  async #play(): Promise<void> {
    if (this.#running) return;
    const frames = this.#frames.splice(0);
    if (frames.length === 0) return void (this.#isWhole && this.#ended.resolve(undefined));
    const folder = mkdtempSync(join(tmpdir(), 'legato-speech-'));
    try {
      const pcm = Buffer.concat(frames);
      writeFileSync(join(folder, 'speech.wav'), Buffer.concat([wavHeader(pcm.byteLength), pcm]));
      this.#running = startPlayer(this.#player, join(folder, 'speech.wav'));
      this.#running.child.stdin?.end();
      const failure = await this.#running.over;
      this.#running = undefined;
      if (failure !== undefined) return this.#ended.resolve(failure);
    } finally {
      rmSync(folder, { recursive: true });
    }
    await this.#play();
  }
}
