import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP relay in front of a server: a network that can break or stall. */
export interface Relay extends AsyncDisposable {
  /** Host and port. */
  readonly address: string;
  /** How many connections it has taken. */
  readonly connections: number;
  /** Closes all connections that are open; new ones are relayed. */
  cut(): void;
  /** Until `resume` nothing passes, and no connection is refused. */
  pause(): void;
  resume(): void;
}

export async function startRelay(target: string): Promise<Relay> {
  const { hostname, port } = new URL(`tcp://${target}`);
  const sockets = new Set<Socket>();
  let connections = 0;
  let paused = false;
  const server = createServer((near) => {
    connections += 1;
    const far = connect(Number(port), hostname);
    join(near, far);
    join(far, near);
    if (paused) pauseAll([near, far]);
  });
  const join = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('data', (bytes) => to.write(bytes));
    from.on('error', () => undefined); // 'close' follows.
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    cut,
    pause: () => {
      paused = true;
      pauseAll(sockets);
    },
    resume: () => {
      paused = false;
      for (const socket of sockets) socket.resume();
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}

function pauseAll(sockets: Iterable<Socket>): void {
  for (const socket of sockets) socket.pause();
}
