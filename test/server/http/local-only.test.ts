import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import { createFrontEndWorld, type FrontEndWorld } from '../../front-end-world.ts';

let open: FrontEndWorld;
let keyed: FrontEndWorld;

before(async () => {
  open = await createFrontEndWorld();
  keyed = await createFrontEndWorld({ frontEnd: { apiKeys: ['key'] } });
});

after(async () => {
  await open[Symbol.asyncDispose]();
  await keyed[Symbol.asyncDispose]();
});

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
}

/** As a browser sends it: `fetch` of Node lets nobody set these headers. */
async function ask({ url }: FrontEndWorld, { method = 'POST', path = '/v1/conversations', headers = {} }: Asked) {
  const sent = request(`${url}${path}`, { method, headers });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += piece as string;
  return { status: response.statusCode, slug: /urn:legato:problem:([a-z-]+)/.exec(text)?.[1] };
}

for (const [title, asked] of [
  ['a page of another site posts without a body', { headers: { Origin: 'https://evil.example' } }],
  ['a page without an origin of its own posts', { headers: { Origin: 'null' } }],
  ['a page of another site reads', { method: 'GET', path: '/metrics', headers: { Origin: 'https://evil.example' } }],
  ['a page of another site has the browser load something', { headers: { 'Sec-Fetch-Site': 'cross-site' } }],
] as const) {
  test(`front end: without keys, where ${title}, it is answered 403`, async () => {
    assert.deepEqual(await ask(open, asked), { status: 403, slug: 'foreign-origin' });
  });
}

for (const host of [
  'evil.example',
  'evil.example:8787',
  '10.0.0.1',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
]) {
  test(`front end: without keys, Host '${host}' is answered 403, for reads too`, async () => {
    const foreign = { status: 403, slug: 'foreign-host' };
    assert.deepEqual(await ask(open, { headers: { Host: host } }), foreign);
    assert.deepEqual(await ask(open, { method: 'GET', path: '/readyz', headers: { Host: host } }), foreign);
  });
}

for (const host of ['localhost', 'LOCALHOST:1', 'shop.localhost', '127.0.0.1:8787', '127.9.9.9', '[::1]:8787']) {
  test(`front end: without keys, Host '${host}' is this machine`, async () => {
    assert.equal((await ask(open, { headers: { Host: host } })).status, 201);
  });
}

test('front end: without keys, a page of another local server posts only what its browser asks about first', async () => {
  const headers = { Origin: 'http://localhost:3000' };
  assert.deepEqual(await ask(open, { headers }), { status: 415, slug: 'unsupported-media-type' });
  assert.equal((await ask(open, { headers: { ...headers, 'Content-Type': 'application/json' } })).status, 201);
});

test('front end: without keys, its own page and a program without a page post without a body', async () => {
  const host = new URL(open.url).host;
  assert.equal((await ask(open, { headers: { Origin: open.url, Host: host } })).status, 201);
  assert.equal((await ask(open, {})).status, 201);
});

test('front end: without keys, a link to it that somebody follows shows what it leads to', async () => {
  const headers = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Dest': 'document' };
  assert.equal((await ask(open, { method: 'GET', path: '/openapi.json', headers })).status, 200);
});

test('front end: where keys are set, they decide, whatever the Host or the Origin', async () => {
  const headers = { Authorization: 'Bearer key', Host: 'shop.example', Origin: 'https://shop.example' };
  assert.equal((await ask(keyed, { headers })).status, 201);
});

test('front end: without keys, a page of an origin that is allowed posts and reads, by a name of this machine only', async () => {
  await using world = await createFrontEndWorld({ frontEnd: { corsOrigins: ['https://shop.example'] } });
  const headers = { Origin: 'https://shop.example', 'Sec-Fetch-Site': 'cross-site' };
  assert.equal((await ask(world, { headers })).status, 201);
  assert.equal((await ask(world, { method: 'GET', path: '/openapi.json', headers })).status, 200);
  assert.deepEqual(await ask(world, { headers: { ...headers, Host: 'evil.example' } }), {
    ...{ status: 403, slug: 'foreign-host' },
  });
  assert.deepEqual(await ask(world, { headers: { Origin: 'https://evil.example' } }), {
    ...{ status: 403, slug: 'foreign-origin' },
  });
});

test('front end: without keys, a page of another local server may call it by another name of this machine', async () => {
  const headers = { Origin: 'http://localhost:3000', 'Sec-Fetch-Site': 'cross-site' };
  assert.equal((await ask(open, { headers: { ...headers, 'Content-Type': 'application/json' } })).status, 201);
});
