import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { PacedWriter, ReaderStalled } from '../../../server/http/paced-writer.ts';
import { TestClock } from '../../test-clock.ts';

const STALL_MS = 30_000;
const MIB = new Uint8Array(1024 * 1024);

/** A response over a real socket whose reader takes nothing yet, with more to write than the socket holds. */
async function openReader() {
  const clock = new TestClock();
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const asked = once(server, 'request');
  const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false });
  request.on('error', () => undefined); // Being dropped may look like an error from there.
  const answered = once(request, 'response');
  const [, response] = (await asked) as [IncomingMessage, ServerResponse];
  const writer = new PacedWriter(response, { stallMs: STALL_MS, clock });
  for (let count = 0; count < 24; count += 1) response.write(MIB);
  const [reader] = (await answered) as [IncomingMessage];
  reader.pause().on('error', () => undefined);
  const writing = writer.write(MIB);
  const close = async (): Promise<void> => {
    request.destroy();
    server.closeAllConnections();
    await once(server.close(), 'close');
  };
  return { clock, writer, writing, reader, [Symbol.asyncDispose]: close };
}

test('paced writer: a reader that takes nothing for too long is dropped', async () => {
  await using world = await openReader();
  await world.clock.advance(STALL_MS);
  await world.writing;
  assert.ok(world.writer.signal.reason instanceof ReaderStalled);
});

test('paced writer: a reader that takes nothing while this process stands still is not dropped', async () => {
  await using world = await openReader();
  world.clock.stall(2 * STALL_MS);
  await world.clock.advance(0);
  world.reader.resume();
  await world.writing;
  assert.equal(world.writer.signal.aborted, false);
  assert.equal(world.clock.waiting, 0);
});
