import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createFrontEndWorld, type FrontEndWorld, problemOf, type Sending } from '../../front-end-world.ts';

let world: FrontEndWorld;
let conversation: string;

before(async () => {
  world = await createFrontEndWorld();
  conversation = await world.newConversation();
});

after(async () => {
  assert.equal(world.scripted.requests.chat.all.length, 0, 'A request that was refused reached the model');
  await world[Symbol.asyncDispose]();
});

const turnsPath = (): string => `/v1/conversations/${conversation}/turns`;
const words = 'my secret words';

for (const { path, slug } of [
  { path: '/v1/conversations/nowhere', slug: 'unknown-conversation' },
  { path: '/v1/turns/turn-nowhere', slug: 'unknown-turn' },
  { path: '/v1/turns/turn-nowhere/events', slug: 'unknown-turn' },
  { path: '/v1/turns/turn-nowhere/audio', slug: 'unknown-turn' },
]) {
  test(`front end: GET ${path} is answered 404 with the id`, async () => {
    const { detail } = problemOf(await world.send(path), 404, slug);
    assert.match(detail, /'(turn-)?nowhere'/);
  });
}

test('front end: a turn in an unknown conversation is answered 404 with the id', async () => {
  const { detail } = problemOf(await world.post('nowhere', words), 404, 'unknown-conversation');
  assert.match(detail, /'nowhere'/);
  assert.doesNotMatch(detail, /secret/);
});

test('front end: a workflow that is no turn is no turn', async () => {
  problemOf(await world.send(`/v1/turns/conversation-${conversation}`), 404, 'unknown-turn');
});

test('front end: a conversation with an unknown agent is answered 404 with both names', async () => {
  const answer = await world.send('/v1/conversations', { json: { agent: 'stranger' } });
  const { detail } = problemOf(answer, 404, 'unknown-agent');
  assert.match(detail, /'stranger'/);
  assert.ok(detail.includes(`'${world.agent.name}'`));
});

interface BadBody {
  readonly title: string;
  readonly body: unknown;
  readonly field: string;
  readonly message: RegExp;
}

const badTurns: BadBody[] = [
  { title: 'an empty text', body: { input: { text: '' } }, field: 'input.text', message: /is empty/ },
  { title: 'a blank text', body: { input: { text: ' \n ' } }, field: 'input.text', message: /is empty/ },
  {
    title: 'a text of 8,001 characters',
    body: { input: { text: 'secret'.padEnd(8_001, '.') } },
    field: 'input.text',
    message: /8001 characters.*limit of 8000/,
  },
  { title: 'a text that is a number', body: { input: { text: 7 } }, field: 'input.text', message: /type string/ },
  { title: 'an input without text', body: { input: {} }, field: 'input.text', message: /is missing/ },
  { title: 'an unknown field', body: { input: { text: words }, voice: 'x' }, field: 'voice', message: /not a field/ },
  {
    title: 'an unknown field within',
    body: { input: { text: words, lang: 'en' } },
    field: 'input.lang',
    message: /not a field/,
  },
  {
    title: 'an unknown modality',
    body: { input: { text: words }, modality: 'video' },
    field: 'modality',
    message: /must be 'text' or 'audio', not 'video'/,
  },
  {
    title: 'an unknown playout',
    body: { input: { text: words }, playout: 'guessed' },
    field: 'playout',
    message: /must be 'client' or 'assumed', not 'guessed'/,
  },
  {
    title: 'a context of 4,001 characters',
    body: { input: { text: words }, context: 'secret'.padEnd(4_001, '.') },
    field: 'context',
    message: /limit of 4000/,
  },
  { title: 'no input, to an agent without a greeting,', body: {}, field: 'input.text', message: /is missing/ },
  {
    title: 'a text in the wrong place',
    body: { text: words },
    field: 'text',
    message: /not a field.*the caller's words go in \{"input":\{"text":"…"\}\}$/,
  },
  {
    title: 'an input that is a text',
    body: { input: words },
    field: 'input',
    message: /type object; the caller's words go in \{"input":\{"text":"…"\}\}$/,
  },
  { title: 'a list', body: [words], field: 'body', message: /type object/ },
];

test('front end: a turn without a body is refused, and says how the agent speaks first', async () => {
  const headers = { 'Content-Type': 'application/json' };
  for (const sending of [{}, { headers }, { headers, body: '' }]) {
    const { detail } = problemOf(await world.send(turnsPath(), { method: 'POST', ...sending }), 400, 'invalid-body');
    assert.match(detail, /body is missing; send \{"input":\{"text":"…"\}\}, or \{\} for the agent's greeting/);
  }
});

const badConversations: BadBody[] = [
  { title: 'an id with a slash', body: { id: 'a/b' }, field: 'id', message: /must match/ },
  { title: 'an id of 65 characters', body: { id: 'x'.repeat(65) }, field: 'id', message: /must match/ },
  { title: 'an unknown field', body: { agnet: 'x' }, field: 'agnet', message: /not a field/ },
  { title: 'an empty agent', body: { agent: '' }, field: 'agent', message: /is empty/ },
  { title: 'metadata that is no text', body: { metadata: { age: 7 } }, field: 'metadata.age', message: /type string/ },
  {
    title: 'a context of 4,001 characters',
    body: { context: 'secret'.padEnd(4_001, '.') },
    field: 'context',
    message: /is 4001 characters long, over the limit of 4000/,
  },
  {
    title: '17 entries of metadata',
    body: { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`key${index}`, 'secret'])) },
    field: 'metadata',
    message: /limit of 16/,
  },
];

async function assertTurnedDown(path: string, { body, field, message }: BadBody): Promise<void> {
  const { detail, errors } = problemOf(await world.send(path, { json: body }), 400, 'invalid-body');
  assert.deepEqual(
    errors?.map((error) => error.field),
    [field],
  );
  assert.match(errors?.[0]?.message ?? '', message);
  assert.ok(detail.includes(field));
  assert.doesNotMatch(JSON.stringify({ detail, errors }), /secret/);
}

for (const bad of badTurns) {
  test(`front end: a turn with ${bad.title} is answered 400 naming ${bad.field}`, async () => {
    await assertTurnedDown(turnsPath(), bad);
  });
}

for (const bad of badConversations) {
  test(`front end: a conversation with ${bad.title} is answered 400 naming ${bad.field}`, async () => {
    await assertTurnedDown('/v1/conversations', bad);
  });
}

test('front end: a body with several faults names all of them', async () => {
  const answer = await world.send(turnsPath(), { json: { input: { text: '' }, modality: 'video', extra: 1 } });
  const { errors } = problemOf(answer, 400, 'invalid-body');
  assert.deepEqual(errors?.map(({ field }) => field).sort(), ['extra', 'input.text', 'modality']);
});

for (const { title, body } of [
  { title: 'is not JSON', body: '{"input": my secret words' },
  { title: 'is a JSON text', body: '"my secret words"' },
  { title: 'is JSON with a control character', body: '{"input":{"text":"my secret\nwords"}}' },
]) {
  test(`front end: a body that ${title} is answered 400 without quoting it`, async () => {
    const { detail } = problemOf(await world.send(turnsPath(), { body }), 400, 'broken-json');
    assert.doesNotMatch(detail, /secret/);
  });
}

test('front end: a body over 64 KiB is answered 413 naming the limit', async () => {
  const json = { input: { text: 'x' }, context: 'secret'.padEnd(64 * 1024, '.') };
  const { detail } = problemOf(await world.send(turnsPath(), { json }), 413, 'body-too-large');
  assert.match(detail, /64 KiB/);
});

test('front end: a body over 64 KiB whose length is not announced is answered 413', async () => {
  const chunk = new TextEncoder().encode('x'.repeat(10_000));
  const body = ReadableStream.from(Array<Uint8Array>(7).fill(chunk));
  const headers = { 'Content-Type': 'application/json' };
  const request = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
  const response = await fetch(`${world.url}${turnsPath()}`, request);
  assert.equal(response.status, 413);
  await response.body?.cancel();
});

const wrongMedia: { title: string; sending: Sending }[] = [
  { title: 'a form', sending: { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } } },
  { title: 'plain text', sending: { headers: { 'Content-Type': 'text/plain' } } },
  {
    title: 'JSON in another character set',
    sending: { headers: { 'Content-Type': 'application/json; charset=latin1' } },
  },
  { title: 'compressed in an unknown way', sending: { headers: { 'Content-Encoding': 'snappy' } } },
];
for (const { title, sending } of wrongMedia) {
  test(`front end: a body that is announced as ${title} is answered 415`, async () => {
    const answer = await world.send(turnsPath(), { json: { input: { text: words } }, ...sending });
    problemOf(answer, 415, 'unsupported-media-type');
  });
}

for (const { method, path, allow } of [
  { method: 'DELETE', path: '/v1/turns/turn-1', allow: 'GET, HEAD' },
  { method: 'PUT', path: '/v1/conversations', allow: 'POST' },
  { method: 'GET', path: '/v1/conversations', allow: 'POST' },
  { method: 'GET', path: '/v1/conversations/c/turns', allow: 'POST' },
  { method: 'POST', path: '/v1/turns/turn-1/events', allow: 'GET, HEAD' },
  { method: 'POST', path: '/healthz', allow: 'GET, HEAD' },
]) {
  test(`front end: ${method} ${path} is answered 405 with what is allowed`, async () => {
    const answer = await world.send(path, { method });
    problemOf(answer, 405, 'method-not-allowed');
    assert.equal(answer.headers.get('Allow'), allow);
  });
}

test('front end: an unknown route is answered 404 with the way to the known ones', async () => {
  const { detail } = problemOf(await world.send('/v2/turns'), 404, 'unknown-route');
  assert.match(detail, /GET '\/v2\/turns'.*\/openapi\.json/);
});

test('front end: a path that cannot be decoded is answered 400', async () => {
  problemOf(await world.send('/v1/turns/%ff'), 400, 'broken-request');
});

for (const { title, key } of [
  { title: 'empty', key: '' },
  { title: '256 characters long', key: 'k'.repeat(256) },
]) {
  test(`front end: an Idempotency-Key that is ${title} is answered 400`, async () => {
    const answer = await world.post(conversation, words, { 'Idempotency-Key': key });
    problemOf(answer, 400, 'invalid-idempotency-key');
  });
}

test('front end: a lastEventId that is no number is answered 400, beside a Last-Event-ID that is one too', async () => {
  const path = '/v1/turns/turn-nowhere/events?lastEventId=x1';
  problemOf(await world.send(path), 400, 'invalid-event-id');
  problemOf(await world.send(path, { headers: { 'Last-Event-ID': '1' } }), 400, 'invalid-event-id');
});

test('front end: a Last-Event-ID that is no number is answered 400', async () => {
  const answer = await world.send('/v1/turns/turn-nowhere/events', { headers: { 'Last-Event-ID': 'x1' } });
  problemOf(answer, 400, 'invalid-event-id');
});

test('front end: an id of 10,000 characters is quoted in short', async () => {
  const { detail } = problemOf(await world.send(`/v1/turns/${'x'.repeat(10_000)}`), 404, 'unknown-turn');
  assert.ok(detail.length < 300);
});
