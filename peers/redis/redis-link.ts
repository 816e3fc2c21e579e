import { createHash } from 'node:crypto';
import { pause, processClock } from '../../time/clock.ts';
import type { RedisAddress } from './redis-address.ts';
import { type RedisFault, redisFault } from './redis-fault.ts';
import { type ChannelListener, type RedisArgument, RedisSession } from './redis-session.ts';
import { checkServer } from './server-check.ts';

const FIRST_RETRY_MS = 100;
const MOST_RETRY_MS = 2_000;

/** Redis is not there now. */
export class RedisAway extends Error {
  override readonly name = 'RedisAway';
}

/** Lua that Redis runs as one step. */
export class Script {
  readonly text: string;
  readonly sha: string;

  constructor(text: string) {
    this.text = text;
    this.sha = createHash('sha1').update(text).digest('hex');
  }
}

export interface ScriptCall {
  readonly keys: readonly string[];
  readonly values: readonly RedisArgument[];
}

export interface RedisLinkSetting {
  readonly address: RedisAddress;
  /** A key that may be written to see whether Redis takes it. */
  readonly checkKey: string;
  readonly onFault: (fault: RedisFault) => void;
  /** After each fault, and not at first. */
  readonly onBack: () => void;
  readonly onBadMessage: (error: unknown) => void;
}

/**
 * The connection of this process to Redis, made anew for as long as the process lives. While Redis is away, what is asked of it fails
 * at once: nobody waits, and nothing is kept to be asked later. Channels are listened to again by themselves.
 */
export class RedisLink implements Disposable {
  readonly #setting: RedisLinkSetting;
  readonly #channels = new Map<string, Set<ChannelListener>>();
  /** Channels that are being left: who listens again waits for that. */
  readonly #leaving = new Map<string, Promise<void>>();
  readonly #onUp = new Set<() => void>();
  readonly #onDown = new Set<() => void>();
  readonly #closing = new AbortController();
  #session: RedisSession | undefined;
  #fault: RedisFault | undefined;

  constructor(setting: RedisLinkSetting) {
    this.#setting = setting;
  }

  get isUp(): boolean {
    return this.#session !== undefined;
  }

  /** Why it is not up, once that was found. */
  get fault(): RedisFault | undefined {
    return this.#fault;
  }

  /** Resolves when the first attempt has succeeded or failed: `fault` tells. */
  async open(): Promise<void> {
    const first = Promise.withResolvers<void>();
    void this.#stayConnected(() => first.resolve());
    await first.promise;
  }

  /** Called whenever Redis is there, at first and again: what it knew of this process may be gone. */
  onUp(listener: () => void): void {
    this.#onUp.add(listener);
    if (this.isUp) listener();
  }

  /** Called when Redis is there no longer. */
  onDown(listener: () => void): void {
    this.#onDown.add(listener);
  }

  /** Rejects with RedisAway, or with what Redis says. */
  async ask<Reply>(command: readonly RedisArgument[], answers: 'text' | 'binary' = 'text'): Promise<Reply> {
    if (!this.#session) throw new RedisAway();
    return this.#session.ask<Reply>(command, answers);
  }

  async run<Reply>({ sha, text }: Script, { keys, values }: ScriptCall): Promise<Reply> {
    const rest = [String(keys.length), ...keys, ...values];
    try {
      return await this.ask<Reply>(['EVALSHA', sha, ...rest]);
    } catch (error) {
      // Another Redis, or one that has forgotten everything.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return this.ask<Reply>(['EVAL', text, ...rest]);
    }
  }

  /** Resolves when messages come, or Redis is away: then they come once it is back. */
  async listen(channel: string, listener: ChannelListener): Promise<void> {
    const known = this.#channels.get(channel);
    if (known) known.add(listener);
    else this.#channels.set(channel, new Set([listener]));
    await this.#leaving.get(channel);
    // Also where it is known: another one may have asked in this tick.
    await this.#session?.listen(channel, this.#tell).catch(() => undefined); // the session is over: the next one listens
  }

  ignore(channel: string, listener: ChannelListener): void {
    const known = this.#channels.get(channel);
    known?.delete(listener);
    if (known?.size !== 0) return;
    this.#channels.delete(channel);
    const left = this.#session?.ignore(channel).catch(() => undefined); // the session is over: nothing is listened to
    if (left)
      this.#leaving.set(
        channel,
        left.finally(() => this.#leaving.delete(channel)),
      );
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#session?.end(new RedisAway());
  }

  async #stayConnected(onTried: () => void): Promise<void> {
    const { signal } = this.#closing;
    for (let retryMs = FIRST_RETRY_MS; !signal.aborted;) {
      const session = new RedisSession(this.#setting.address);
      try {
        await session.open();
        await checkServer(session, this.#setting.checkKey);
        await this.#listenAgain(session);
        this.#begin(session);
        retryMs = FIRST_RETRY_MS;
        onTried();
        throw await session.over;
      } catch (error) {
        session.end(error);
        if (!signal.aborted) this.#end(redisFault(error, this.#setting.address));
      }
      onTried();
      // Not all processes in the same moment.
      await pause(processClock, retryMs * (0.75 + Math.random() / 2), signal);
      retryMs = Math.min(2 * retryMs, MOST_RETRY_MS);
    }
  }

  async #listenAgain(session: RedisSession): Promise<void> {
    await Promise.all([...this.#channels.keys()].map((channel) => session.listen(channel, this.#tell)));
  }

  #begin(session: RedisSession): void {
    this.#session = session;
    if (this.#fault) this.#setting.onBack();
    this.#fault = undefined;
    for (const listener of this.#onUp) listener();
  }

  #end(fault: RedisFault): void {
    const wasUp = this.isUp;
    this.#session = undefined;
    if (this.#fault?.sentence !== fault.sentence) this.#setting.onFault(fault);
    this.#fault = fault;
    if (wasUp) for (const listener of this.#onDown) listener();
  }

  /** To all that listen to the channel. One that leaves meanwhile is not told. */
  readonly #tell: ChannelListener = (message, channel) => {
    for (const listener of this.#channels.get(channel.toString()) ?? []) {
      try {
        listener(message, channel);
      } catch (error) {
        this.#setting.onBadMessage(error);
      }
    }
  };
}
