import { once } from 'node:events';
import { connect } from 'node:net';
import { type RedisServer, startRedis } from '../../peers/redis-server.ts';

/** A Redis that keeps its address when it is killed and started again, empty. */
export class RestartableRedis implements AsyncDisposable {
  #server: RedisServer;
  #restarting: Promise<void> | undefined;

  private constructor(server: RedisServer) {
    this.#server = server;
  }

  static async start(): Promise<RestartableRedis> {
    return new RestartableRedis(await startRedis());
  }

  get address(): string {
    return this.#server.address;
  }

  get isRestarting(): boolean {
    return this.#restarting !== undefined;
  }

  /** Is there again after `goneMs`. */
  restart(pause: () => Promise<unknown>): Promise<void> {
    return (this.#restarting ??= this.#restart(pause).finally(() => (this.#restarting = undefined)));
  }

  async #restart(pause: () => Promise<unknown>): Promise<void> {
    const port = Number(new URL(this.#server.url).port);
    await this.#server[Symbol.asyncDispose]();
    await pause();
    this.#server = await startRedis({ port });
  }

  async empty(): Promise<void> {
    const { hostname, port } = new URL(this.#server.url);
    const socket = connect(Number(port), hostname);
    socket.write('FLUSHALL\r\n');
    await once(socket, 'data');
    socket.destroy();
  }

  async heal(): Promise<void> {
    await this.#restarting;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#restarting;
    await this.#server[Symbol.asyncDispose]();
  }
}
