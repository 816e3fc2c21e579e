import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { readEventStream } from '../../../providers/openai/event-stream.ts';

let server: Server;
let connections = 0;
before(async () => {
  server = createServer().on('connection', () => (connections += 1));
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
after(() => {
  server.closeAllConnections();
  server.close();
});

async function openStream(): Promise<{ body: ReadableStream<Uint8Array>; response: ServerResponse }> {
  const requested = once(server, 'request');
  const fetched = fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const response = ((await requested) as unknown[])[1] as ServerResponse;
  response.flushHeaders();
  return { body: (await fetched).body ?? assert.fail(), response };
}

test('event stream: it ends at [DONE], and the connection is used again though the body ends later', async () => {
  for (let count = 0; count < 8; count += 1) {
    const { body, response } = await openStream();
    response.write('data: {"n":1}\n\ndata: [DONE]\n\n');
    assert.deepEqual(await Array.fromAsync(readEventStream(body)), ['{"n":1}']);
    const closed = once(response, 'close');
    response.end();
    await closed;
  }
  assert.ok(connections <= 3, `8 streams took ${connections} connections`);
});

test('event stream: an event that comes in pieces, with a character cut in half, is put together', async () => {
  const { body, response } = await openStream();
  const bytes = Buffer.from('data: {"text":"Grüße"}\n\n');
  const middle = bytes.indexOf('ü') + 1;
  const events = Array.fromAsync(readEventStream(body));
  await new Promise((sent) => response.write(bytes.subarray(0, middle), sent));
  response.end(bytes.subarray(middle));
  assert.deepEqual(await events, ['{"text":"Grüße"}']);
});

test('event stream: a reader that stops early closes the connection', async () => {
  const { body, response } = await openStream();
  const closed = once(response, 'close');
  response.write('data: 1\n\n');
  for await (const _ of readEventStream(body)) break;
  await closed;
  assert.equal(response.writableFinished, false);
});

test('event stream: an event without an end is given up, and the connection with it', async () => {
  const { body, response } = await openStream();
  const closed = once(response, 'close');
  const events = Array.fromAsync(readEventStream(body));
  response.write(`data: ${'a'.repeat(2 * 1024 * 1024)}`);
  await assert.rejects(events, { name: 'EventTooLong' });
  await closed;
});
