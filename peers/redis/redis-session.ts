import { RESP_TYPES } from '@redis/client';
import { within } from '../../time/silence.ts';
import type { RedisAddress } from './redis-address.ts';
import { PATIENCE_MS, RedisConnection, silent } from './redis-connection.ts';

export type RedisArgument = string | Buffer;
export type ChannelListener = (message: Buffer, channel: Buffer) => void;

/** How often the connection for channels is tried: messages may be rare. */
const PULSE_MS = 1_000;
const BINARY = { [RESP_TYPES.BLOB_STRING]: Buffer };

/**
 * Two connections to Redis: one for commands, and one for all channels that this process listens to. When either is over, both are.
 */
export class RedisSession {
  readonly #commands: RedisConnection;
  readonly #channels: RedisConnection;
  readonly #over = Promise.withResolvers<unknown>();
  #pulse: NodeJS.Timeout | undefined;

  constructor({ url }: RedisAddress) {
    this.#commands = new RedisConnection(url, (why) => this.end(why));
    this.#channels = new RedisConnection(url, (why) => this.end(why));
  }

  /** Resolves with the reason when the session is over. Never rejects. */
  get over(): Promise<unknown> {
    return this.#over.promise;
  }

  /** Connects. Rejects where that fails, or takes too long. */
  async open(): Promise<void> {
    const connected = Promise.all([this.#commands.client.connect(), this.#channels.client.connect()]);
    const failed = this.over.then((error) => Promise.reject(error as Error));
    if (!(await within(Promise.race([connected, failed]), PATIENCE_MS))) throw silent();
    const { client } = this.#channels;
    // A failure ends the session.
    this.#pulse = setInterval(() => void this.#channels.answered(client.ping()).catch(() => undefined), PULSE_MS);
  }

  /** One command. Rejects with what Redis says, or when the session is over. */
  async ask<Reply>(command: readonly RedisArgument[], answers: 'text' | 'binary' = 'text'): Promise<Reply> {
    const options = answers === 'binary' ? { typeMapping: BINARY } : {};
    return this.#commands.answered(this.#commands.client.sendCommand<Reply>(command, options));
  }

  async listen(channel: string, listener: ChannelListener): Promise<void> {
    await this.#channels.answered(this.#channels.client.subscribe(channel, listener, true));
  }

  async ignore(channel: string): Promise<void> {
    await this.#channels.answered(this.#channels.client.unsubscribe(channel, undefined, true));
  }

  end(why: unknown): void {
    clearInterval(this.#pulse);
    this.#over.resolve(why);
    this.#commands.end();
    this.#channels.end();
  }
}
