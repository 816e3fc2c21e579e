import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { readEventStream } from '../../../providers/openai/event-stream.ts';
import { countWork } from '../../live/thinking/counted-work.ts';

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

for (const [of, text] of [
  ['an event', (length: number) => `data: ${'a'.repeat(length)}\n\n`],
  ['an event of many lines', (length: number) => `${'data: a\n'.repeat(length / 8)}\n`],
  ['a comment', (length: number) => `: ${'a'.repeat(length)}\n\n`],
  ['an event with carriage returns', (length: number) => `data: a\r\n\r\n: ${'\r'.repeat(length)}`],
] as const) {
  test(`event stream: work on ${of} that comes byte by byte grows with it, and not with its square`, async () => {
    const read = async (length: number): Promise<number> => {
      const bytes = [...Buffer.from(text(length))].map((byte) => Uint8Array.of(byte));
      return countWork(() => Array.fromAsync(readEventStream(ReadableStream.from(bytes))));
    };
    const [few, many] = [await read(4_000), await read(16_000)];
    assert.ok(many < 6 * few, `${many} characters were read of a stream four times as long, ${few} of the short one`);
  });
}

test('event stream: while a packet with thousands of events is read, others have their turn', async () => {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const payloads = await Array.fromAsync(
    readEventStream(ReadableStream.from([Buffer.from('data: {}\n\n'.repeat(10_000))])),
  );
  isOver = true;
  assert.equal(payloads.length, 10_000);
  assert.ok(turns >= 10, `others had ${turns} turns`);
});
