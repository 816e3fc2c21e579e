import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTick } from 'node:timers/promises';
import { pino } from 'pino';
import { Turn } from '../../../contract/http.ts';
import { AuthorCode } from '../../../live/calls/author-code.ts';
import { PATIENCE_MS } from '../../../time/request-patience.ts';
import { TurnService } from '../../../service/turn-service.ts';
import { Access } from '../../../server/access/access.ts';
import { startFrontEnd } from '../../../server/http/start-front-end.ts';
import { createFrontEndWorld, type FrontEndWorld, problemOf } from '../../front-end-world.ts';
import { holdTurns } from '../../held-turns.ts';
import { LogLines } from '../../log-lines.ts';
import { startRelay } from '../../faults/relay.ts';
import { stall } from '../../faults/stall.ts';
import { runsAhead } from '../../run-ahead.ts';
import { EventLoopWatch } from '../../../worker/watch/event-loop-watch.ts';

const temporal = (): string => process.env['TEMPORAL_ADDRESS'] ?? '';

function assertTriesAgain(answer: Awaited<ReturnType<FrontEndWorld['send']>>, slug: string): void {
  problemOf(answer, 503, slug);
  assert.equal(answer.headers.get('Retry-After'), '1');
}

test('front end: where Temporal does not answer a turn is answered 503, nothing is heard, and the turn is forgotten', async () => {
  await using relay = await startRelay(temporal());
  await using world = await createFrontEndWorld({ temporalAddress: relay.address });
  const conversation = await world.newConversation();
  relay.pause();
  assertTriesAgain(await world.post(conversation, 'Hi'), 'temporal-unreachable');
  relay.resume();
  await world.turns.whenEmpty();
  const asked = runsAhead ? 1 : 0; // ahead of a start that then failed; the caller heard nothing
  assert.equal(world.scripted.requests.chat.all.length, asked);
  assert.ok(world.log.all.some(({ msg }) => /^A turn was refused/.test(msg)));
  assert.equal((await world.play(conversation, 'Hi')).outcome, 'answered');
  assert.equal(world.scripted.requests.chat.all.length, asked + 1);
});

test('front end: where Temporal does not answer everything else that needs it is answered 503 too', async () => {
  await using relay = await startRelay(temporal());
  await using world = await createFrontEndWorld({ temporalAddress: relay.address });
  const { id } = await world.play(await world.newConversation(), 'Hi');
  relay.pause();
  const paths = [`/v1/turns/${id}`, '/v1/conversations/elsewhere', '/readyz'];
  const answers = await Promise.all([
    ...paths.map((path) => world.send(path)),
    world.send('/v1/conversations', { json: {} }),
    world.post('elsewhere', 'Hi'),
  ]);
  for (const answer of answers) assertTriesAgain(answer, 'temporal-unreachable');
  assert.equal((await world.send('/healthz')).status, 200);
  relay.resume();
  assert.equal((await world.send(`/v1/turns/${id}`)).status, 200);
});

test('front end: a turn that was not taken in time while a tool held the process is answered 503 with its name', async () => {
  const authors = new AuthorCode();
  using loop = new EventLoopWatch({ authors, onHold: () => undefined });
  loop.start();
  await using relay = await startRelay(temporal());
  await using world = await createFrontEndWorld({ temporalAddress: relay.address, frontEnd: { loop } });
  const conversation = await world.newConversation();
  relay.pause();
  const answer = world.post(conversation, 'Hi');
  while (world.turns.size === 0) await nextTick();
  authors.run({ tool: 'count', call: 'tool:1:0:count' }, () => hold(1_200));
  const { detail } = problemOf(await answer, 503, 'process-held');
  assert.match(detail, /\(Tool 'count' held the event loop for \d,\d\d\d ms; give it `thread: true`\)$/);
  assert.ok(world.log.all.some(({ msg }) => msg.startsWith("A turn was refused: Tool 'count' held")));
  relay.resume();
  await world.turns.whenEmpty();
});

test('front end: a turn that Temporal has taken while this process stood still is accepted', async () => {
  await using world = await createFrontEndWorld();
  const conversation = await world.newConversation();
  const answer = world.post(conversation, 'Hi', { Prefer: 'wait=30' });
  while (world.turns.size === 0) await nextTick();
  stall(PATIENCE_MS + 500);
  const { status, body } = await answer;
  assert.deepEqual([status, Turn.parse(body).outcome], [200, 'answered']);
});

function hold(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

test('front end: a connection to Temporal that was cut is made again', async () => {
  await using relay = await startRelay(temporal());
  await using world = await createFrontEndWorld({ temporalAddress: relay.address });
  const conversation = await world.newConversation();
  relay.cut();
  assert.equal((await world.play(conversation, 'Hi')).outcome, 'answered');
});

test('front end: one turn more than the limit is answered 503, and taken when another has ended', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld({ ...holding.options, frontEnd: { maxOpenTurns: 1 } });
  const conversation = await world.newConversation();
  const open = await world.accept(await world.newConversation(), 'hold');
  await holding.held;
  const answer = await world.post(conversation, 'Hi');
  assertTriesAgain(answer, 'too-many-turns');
  assert.match(problemOf(answer, 503, 'too-many-turns').detail, /^1 turns/);
  assert.equal(world.scripted.requests.chat.all.length, 1);
  holding.release();
  await world.ended(open.id);
  assert.equal((await world.play(conversation, 'Hi')).number, 1);
});

test('front end: one that stops takes nothing new, and its open turn and the reader of it come to their end', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const conversation = await world.newConversation();
  const open = await world.accept(conversation, 'hold');
  await holding.held;
  const reader = await fetch(`${world.url}/v1/turns/${open.id}/events`);
  const stopped = world.frontEnd.stop();
  assertTriesAgain(await world.post(conversation, 'Hi'), 'stopping');
  assertTriesAgain(await world.send('/v1/conversations', { json: {} }), 'stopping');
  assert.match(problemOf(await world.send('/readyz'), 503, 'not-ready').detail, /is stopping/);
  assert.equal((await world.send('/healthz')).status, 200);
  holding.release();
  assert.match(await reader.text(), /"type":"turn\.finished".*"outcome":"answered"/);
  await stopped;
  await assert.rejects(world.send('/healthz'), TypeError);
  assert.equal(holding.runs(), 1);
});

test('front end: one that stops waits no longer than its grace for a turn, which is left to other processes', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld({ ...holding.options, frontEnd: { graceMs: 10 } });
  const open = await world.accept(await world.newConversation(), 'hold');
  await holding.held;
  await world.frontEnd.stop();
  assert.equal(world.turns.size, 1);
  holding.release();
  await world.stopWorkers();
  const workflow = world.client.workflow.getHandle(open.id);
  assert.equal((await workflow.describe()).status.name, 'RUNNING');
  await workflow.terminate('End of the test');
  world.turns.forget(open.id);
});

test('front end: those who ask at once whether it is ready share one question to Temporal', async ({ mock }) => {
  await using world = await createFrontEndWorld();
  const asked = mock.method(world.client.connection.workflowService, 'getSystemInfo');
  const answers = await Promise.all(Array.from({ length: 10 }, () => world.send('/readyz')));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.ok(asked.mock.callCount() >= 1 && asked.mock.callCount() < 10);
});

test('front end: it is not ready where the worker of its process does not run', async () => {
  await using world = await createFrontEndWorld();
  await world.stopWorkers();
  const answer = await world.send('/readyz');
  assertTriesAgain(answer, 'not-ready');
  assert.match(problemOf(answer, 503, 'not-ready').detail, /worker/);
});

test('front end: a turn that no worker takes is answered 503, and is not heard later', async () => {
  await using world = await createFrontEndWorld();
  const conversation = await world.newConversation();
  await world.stopWorkers();
  assertTriesAgain(await world.post(conversation, 'Hi'), 'temporal-unreachable');
  const { workflows } = { workflows: world.client.workflow };
  for await (const { workflowId } of workflows.list({ query: `LegatoConversation = '${conversation}'` })) {
    if (workflowId.startsWith('turn-')) await workflows.getHandle(workflowId).terminate('End of the test');
  }
  await world.turns.whenEmpty();
  assert.equal(world.scripted.requests.chat.all.length, runsAhead ? 1 : 0);
});

test('front end: a port that another program uses is one sentence', async () => {
  await using world = await createFrontEndWorld();
  const { url } = world;
  const service = new TurnService({ ...world, maxOpenTurns: 1 });
  const readMetrics = () => Promise.reject(new Error('Nobody asks'));
  const parts = { service, readMetrics, access: new Access({ keys: [] }), isWorkerRunning: () => true };
  const logger = pino(new LogLines());
  const host = '127.0.0.1';
  const port = Number(new URL(url).port);
  await assert.rejects(startFrontEnd({ ...parts, logger, host, port }), {
    message: `Cannot listen on ${host}:${port}: another program uses this port; stop it, or set PORT to another one`,
  });
  await assert.rejects(startFrontEnd({ ...parts, logger, host: '203.0.113.1', port: 0 }), {
    message: 'Cannot listen on 203.0.113.1:0: this machine has no such address; set HOST to one it has',
  });
});
