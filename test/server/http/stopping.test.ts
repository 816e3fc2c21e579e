import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request, type RequestOptions } from 'node:http';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { AcceptedTurn } from '../../../contract/http.ts';
import { createFrontEndWorld, type FrontEndWorld, problemOf } from '../../front-end-world.ts';
import { holdTurns } from '../../held-turns.ts';
import { eventOf, firstIsWhole, interrupt, LONG, published, report, speak } from './spoken-turns.ts';

const WORDS = 'It takes a while to say all of this.';

/** A turn that is spoken to a client, which has begun to play it. */
async function speakTo(world: FrontEndWorld): Promise<string> {
  const id = await speak(world, { playout: 'client' });
  await eventOf(world, id, { type: 'speech.audio' });
  return id;
}

/** A POST of which the server has read nothing but the head. */
async function beginPost(url: string, options: RequestOptions = {}) {
  const headers = { 'Content-Type': 'application/json', Expect: '100-continue' };
  const post = request(url, { method: 'POST', headers, ...options });
  const answered = once(post, 'response') as Promise<[IncomingMessage]>;
  post.flushHeaders();
  await once(post, 'continue');
  const send = async (body: unknown): Promise<IncomingMessage> => {
    post.end(JSON.stringify(body));
    return (await answered)[0];
  };
  return { post, send };
}

test('stopping: what a client reports of an open turn is taken, and the turn is heard to its end', async () => {
  await using world = await createFrontEndWorld({ rules: [{ reply: { text: WORDS } }] });
  const id = await speakTo(world);
  const stopped = world.frontEnd.stop();
  problemOf(await world.send('/v1/conversations', { json: {} }), 503, 'stopping');
  problemOf(await world.send('/readyz'), 503, 'not-ready');
  for (const state of ['started', 'playing'] as const) {
    assert.equal((await report(world, id, { speech: '1-1', positionMs: 1, state })).status, 200);
  }
  await published(world, id, WORDS.length * 55);
  assert.equal((await report(world, id, { speech: '1-1', positionMs: 1e9, state: 'playing' })).status, 200);
  await stopped;
  const { outcome } = (await world.client.workflow.getHandle(id).result()) as { outcome: string };
  assert.equal(outcome, 'answered');
});

test('stopping: an interrupt of an open turn is taken', async () => {
  await using world = await createFrontEndWorld({ rules: [{ reply: { text: LONG } }] });
  const id = await speak(world);
  await firstIsWhole(world, id);
  const stopped = world.frontEnd.stop();
  const { status, body } = await interrupt(world, id);
  assert.deepEqual([status, (body as { interrupted: boolean }).interrupted], [200, true]);
  await stopped;
});

test('stopping: a connection that was kept serves its next request, and is closed with the answer to it', async () => {
  await using world = await createFrontEndWorld({ rules: [{ reply: { text: LONG } }] });
  const id = await speakTo(world);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const path = `${world.url}/v1/turns/${id}/playout`;
  const [before] = (await once(request(`${world.url}/healthz`, { agent }).end(), 'response')) as [IncomingMessage];
  await json(before);
  const stopped = world.frontEnd.stop();
  const { post, send } = await beginPost(path, { agent });
  const response = await send({ speech: '1-1', positionMs: 0, state: 'started' });
  assert.deepEqual([post.reusedSocket, response.statusCode, response.headers.connection], [true, 200, 'close']);
  await json(response);
  await interrupt(world, id);
  await stopped;
  agent.destroy();
});

test('stopping: a post that had come before is answered, and its turn ends before all is stopped', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const path = `${world.url}/v1/conversations/${await world.newConversation()}/turns`;
  const { send } = await beginPost(path, { agent: false });
  let isStopped = false;
  const stopped = world.frontEnd.stop().then(() => (isStopped = true));
  const response = await send({ input: { text: 'hold' }, modality: 'text' });
  assert.equal(response.statusCode, 202);
  const left = once(response.socket, 'close');
  const { id } = AcceptedTurn.parse(await json(response));
  await Promise.all([holding.held, left]);
  // A server with nothing left to wait for has had a round trip to close.
  await world.client.workflow.getHandle(id).describe();
  assert.equal(isStopped, false);
  holding.release();
  await stopped;
  assert.equal(world.turns.size, 0);
  const { outcome } = (await world.client.workflow.getHandle(id).result()) as { outcome: string };
  assert.equal(outcome, 'answered');
});
