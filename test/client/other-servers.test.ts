import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createLegatoClient, LegatoError } from 'legato/client';
import type { LegatoClient } from 'legato/client';

interface Peer extends AsyncDisposable {
  readonly client: LegatoClient;
}

/** A client of a server that is not, or not quite, Legato's. */
async function startPeer(listener: RequestListener): Promise<Peer> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    client: createLegatoClient({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const event = (seq: number, type: string, more = {}): string =>
  `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify({ seq, atMs: 0, type, ...more })}\n\n`;
const finished = event(9, 'turn.finished', { outcome: 'answered', degraded: false, text: 'Yes.' });
const sse = { 'Content-Type': 'text/event-stream' };

test("client: a proxy's error page is a LegatoError with the status and the address", async () => {
  await using peer = await startPeer((_, response) => {
    response.writeHead(418, { 'Content-Type': 'text/html' }).end('<h1>No</h1>');
  });
  await assert.rejects(peer.client.turn('turn-a'), (error) => {
    assert.ok(error instanceof LegatoError);
    assert.deepEqual([error.status, error.problem], [418, undefined]);
    assert.match(error.message, /^The server at http:.+\/v1\/turns\/turn-a answered 418/);
    return true;
  });
});

test('client: an answer that is not what the call promises is refused', async () => {
  await using peer = await startPeer((_, response) => response.end('{"hello":1}'));
  await assert.rejects(peer.client.turn('turn-a'), { name: 'ZodError' });
});

test('client: an end with an outcome that it does not know is the end all the same', async () => {
  const unknown = event(10, 'turn.finished', { outcome: 'transferred', degraded: false, text: '' });
  let asked = 0;
  await using peer = await startPeer((_, response) => {
    asked += 1;
    response.writeHead(200, sse).end(unknown);
  });
  assert.deepEqual(await Array.fromAsync(peer.client.events('turn-a')), []);
  assert.equal(asked, 1);
});

test('client: a server that is away for a while is asked for the events again', async () => {
  let asked = 0;
  await using peer = await startPeer((_, response) => {
    asked += 1;
    if (asked === 1) response.writeHead(503).end();
    else if (asked === 2)
      response.writeHead(200, sse).end(); // a server that stops ends its streams
    else response.writeHead(200, sse).end(finished);
  });
  const events = await Array.fromAsync(peer.client.events('turn-a'));
  assert.deepEqual([events.map(({ seq }) => seq), asked], [[9], 3]);
});

test('client: an event of a kind that it does not know, and one that it has, are passed over', async () => {
  const started = event(5, 'speech.started', { speech: '1-1' });
  await using peer = await startPeer((_, response) => {
    response.writeHead(200, sse).end([event(4, 'speech.sung'), started, ':\n\n', started, finished].join(''));
  });
  const events = await Array.fromAsync(peer.client.events('turn-a', { afterSeq: 2 }));
  assert.deepEqual(
    events.map(({ seq }) => seq),
    [5, 9],
  );
});

const item = { type: 'user', text: 'Hi' };
const turn = {
  ...{ id: 'turn-a', conversationId: 'c', number: 1, state: 'finished', outcome: 'answered' },
  ...{ startedAt: '2026-01-01T00:00:00.000Z', steps: [], items: [item, { type: 'hum', melody: 'la' }] },
  temporal: { workflowId: 'turn-a', runId: 'run' },
};

test('client: an item of a kind that it does not know is passed over, in answers and in events', async () => {
  await using peer = await startPeer((request, response) => {
    if (!request.url?.endsWith('/events')) return response.end(JSON.stringify(turn));
    return response.writeHead(200, sse).end(event(8, 'turn.snapshot', turn) + finished);
  });
  assert.deepEqual((await peer.client.turn('turn-a')).items, [item]);
  const [snapshot] = await Array.fromAsync(peer.client.events('turn-a'));
  assert.ok(snapshot?.type === 'turn.snapshot');
  assert.deepEqual(snapshot.items, [item]);
});

test('client: an item of a kind that it knows, but that is not whole, is refused', async () => {
  await using peer = await startPeer((_, response) => {
    response.end(JSON.stringify({ ...turn, items: [{ type: 'user' }] }));
  });
  await assert.rejects(peer.client.turn('turn-a'), { name: 'ZodError' });
});

test('client: a pause before the next try ends when it is aborted', async () => {
  const stop = new AbortController();
  await using peer = await startPeer((_, response) => {
    response.writeHead(503).end();
    response.once('close', () => setImmediate(() => stop.abort(new Error('enough'))));
  });
  await assert.rejects(Array.fromAsync(peer.client.events('turn-a', { signal: stop.signal })), /enough/);
});

test('client: a reader that leaves in mid-stream lets go of the connection', async () => {
  const left = Promise.withResolvers<void>();
  await using peer = await startPeer((_, response) => {
    response.once('close', () => left.resolve());
    response.writeHead(200, sse).write(event(1, 'speech.started', { speech: '1-1' }));
  });
  for await (const { seq } of peer.client.events('turn-a')) {
    assert.equal(seq, 1);
    break;
  }
  await left.promise;
});

test('client: an id cannot leave its place in the path', async () => {
  let path: string | undefined;
  await using peer = await startPeer((request, response) => {
    path = request.url;
    response.writeHead(404).end();
  });
  await assert.rejects(peer.client.conversation('../turns/a?b'), LegatoError);
  assert.equal(path, '/v1/conversations/..%2Fturns%2Fa%3Fb');
});

for (const baseUrl of ['localhost:8787', '', '/v1', 'ftp://localhost']) {
  test(`client: the base URL '${baseUrl}' is refused at once`, () => {
    assert.throws(() => createLegatoClient({ baseUrl }), {
      name: 'TypeError',
      message: `'baseUrl' is '${baseUrl}', but must be an http or https URL, e.g. http://127.0.0.1:8787`,
    });
  });
}

test('client: a server that is down is named, and why', async () => {
  const client = createLegatoClient({ baseUrl: 'http://127.0.0.1:1/' });
  await assert.rejects(client.createConversation(), (error) => {
    assert.ok(error instanceof TypeError && error.cause instanceof TypeError);
    return /^No server answers at 'http:\/\/127\.0\.0\.1:1': .+/.test(error.message);
  });
});

test('client: a fetch of its own is used', async () => {
  const asked: unknown[] = [];
  const client = createLegatoClient({
    baseUrl: 'http://legato.test',
    fetch: async (input) => {
      asked.push(input);
      return Promise.resolve(Response.json({ id: 'a', agent: 'b', createdAt: '2026-01-01T00:00:00.000Z' }));
    },
  });
  assert.equal((await client.createConversation()).agent, 'b');
  assert.deepEqual(asked, ['http://legato.test/v1/conversations']);
});

const joined = (id: string): string =>
  `id: ${id}\nevent: conversation.joined\ndata: {"type":"conversation.joined","conversationId":"c"}\n\n`;
const followed = (id: string, type: string, more = {}): string =>
  `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ turnId: 't', seq: 1, atMs: 0, type, ...more })}\n\n`;

test('client: a connection to a conversation that breaks before its first event is opened again from where it joined', async () => {
  const ids: unknown[] = [];
  await using peer = await startPeer((request, response) => {
    ids.push(request.headers['last-event-id']);
    response.writeHead(200, sse);
    if (ids.length === 1) response.end(joined('7,here'));
    else response.write(followed('7,there', 'speech.sung') + followed('8', 'speech.started', { speech: '1-1' }));
  });
  const events: unknown[] = [];
  for await (const event of peer.client.follow('c')) if (events.push(event) === 2) break;
  assert.deepEqual(events, [
    { eventId: '7,here', type: 'conversation.joined', conversationId: 'c' },
    { eventId: '8', turnId: 't', seq: 1, atMs: 0, type: 'speech.started', speech: '1-1' },
  ]);
  assert.deepEqual(ids, [undefined, '7,here']);
});

test('client: a conversation is followed from the event that is named, with audio if it is asked for', async () => {
  const asked: unknown[] = [];
  await using peer = await startPeer((request, response) => {
    asked.push([request.url, request.headers['last-event-id']]);
    response.writeHead(200, sse).write(followed('8', 'speech.started', { speech: '1-1' }));
  });
  for await (const { eventId } of peer.client.follow('c', { audio: true, lastEventId: '7,a' })) {
    assert.equal(eventId, '8');
    break;
  }
  assert.deepEqual(asked, [['/v1/conversations/c/events?audio=1', '7,a']]);
});
