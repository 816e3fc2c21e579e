import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { apiDocument, type Operation } from '../../../declared-answers.ts';
import { type Answer, createFrontEndWorld, type FrontEndWorld, type Sending } from '../../../front-end-world.ts';
import { boundsOf, leafBounds } from './bounds.ts';

let world: FrontEndWorld;
let conversation: string;
let turnId: string;

before(async () => {
  world = await createFrontEndWorld({ agent: { greeting: 'Hello.' } });
  conversation = await world.newConversation();
  turnId = (await world.play(conversation, 'Hi')).id;
});

after(async () => {
  // It interrupts the turns that are open still.
  await world.play(conversation, 'Bye');
  await world[Symbol.asyncDispose]();
});

/** A body with all its fields for each call that has one. */
const bodies = (): Readonly<Record<string, unknown>> => ({
  createConversation: { agent: world.agent.name, id: 'bounds', metadata: { key: 'value' }, context: 'It rains' },
  startTurn: { input: { text: 'Hi' }, modality: 'text', playout: 'assumed', context: 'It rains' },
  createToken: { scopes: ['read', 'turns'], ttlSeconds: 60 },
  interruptTurn: { id: 'cut', speech: '1-1', heardMs: 7 },
  reportPlayout: { speech: '1-1', positionMs: 7, state: 'playing' },
});

const operations = Object.entries(apiDocument.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

const filled = (path: string): string => path.replace('{id}', path.startsWith('/v1/turns') ? turnId : conversation);

function send(path: string, sending: Sending): Promise<Answer> {
  return world.send(filled(path), sending);
}

/** Of a call that may stream without an end: its status is enough. */
async function read(path: string, headers: Record<string, string>): Promise<Pick<Answer, 'status' | 'body'>> {
  const response = await fetch(`${world.url}${filled(path)}`, { headers });
  await response.body?.cancel();
  return { status: response.status, body: undefined };
}

function assertAgrees({ status, body }: Pick<Answer, 'status' | 'body'>, isInside: boolean): void {
  assert.equal(status !== 400, isInside, `is answered ${status}: ${JSON.stringify(body)}`);
}

const bodyOf = ({ requestBody }: Operation) => requestBody?.content['application/json']?.schema;

for (const { path, method, operation } of operations.filter((call) => bodyOf(call.operation))) {
  suite(`openapi: ${operation.operationId}`, () => {
    test('takes what its body allows, up to each bound, and refuses what is beyond', async (t) => {
      const valid = bodies()[operation.operationId];
      for (const { title, value, isInside } of boundsOf(bodyOf(operation) ?? {}, valid)) {
        await t.test(title, async () => assertAgrees(await send(path, { method, json: value }), isInside));
      }
    });

    test('says truly whether it needs a body', async () => {
      const answer = await send(path, { method, headers: { 'Content-Type': 'application/json' }, body: '' });
      assertAgrees(answer, operation.requestBody?.required !== true);
    });
  });
}

const parameters = operations.flatMap((call) =>
  (call.operation.parameters ?? []).map((parameter) => ({ ...call, parameter, bounds: leafBounds(parameter.schema) })),
);

for (const { path, method, operation, parameter, bounds } of parameters) {
  for (const { title, value, isInside } of bounds) {
    test(`openapi: ${operation.operationId} agrees with the bound of ${parameter.name}: ${title}`, async () => {
      const text = String(value);
      const isQuery = parameter.in === 'query';
      const target = isQuery ? `${path}?${parameter.name}=${encodeURIComponent(text)}` : path;
      const headers: Record<string, string> = isQuery ? {} : { [parameter.name]: text };
      const sending = { method, headers, json: bodies()[operation.operationId] };
      const answer = method === 'GET' ? await read(target, headers) : await send(target, sending);
      assertAgrees(answer, isInside);
    });
  }
}
