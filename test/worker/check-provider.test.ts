import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { checkProvider } from '../../worker/check-provider.ts';

test('check provider: a key that no header can hold is not printed', async () => {
  const server = { apiKey: 'sk-secret\nsk-other', baseURL: 'http://127.0.0.1:1/v1' };
  const { found, isProblem } = await checkProvider(server, { key: 'OPENAI_API_KEY' });
  assert.equal(isProblem, true);
  assert.doesNotMatch(found, /sk-/);
});

test('check provider: a server that nothing listens for is named by the code of the network’s error', async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  const port = await promise;
  await new Promise((closed) => server.close(closed));
  const { found } = await checkProvider(
    { apiKey: 'sk', baseURL: `http://127.0.0.1:${port.toFixed()}/v1` },
    { key: 'KEY' },
  );
  assert.equal(found, 'it cannot be reached (ECONNREFUSED); check the address and the network');
});

for (const [what, voices, found] of [
  [
    'has no such voice',
    { voices: ['nova', { id: 'alloy', name: 'Alloy' }] },
    /^it has no voice 'alloi'; it has nova, alloy, Alloy$/,
  ],
  ['has the voice', ['alloi'], /^the key is accepted$/],
  ['says nothing of its voices', undefined, /^the key is accepted$/],
  ['answers with something else', { detail: 'what?' }, /^the key is accepted$/],
] as const) {
  test(`check provider: a server that ${what} is told from others`, async () => {
    const server = createServer(({ url }, response) => {
      const isKnown = url === '/v1/models' || (url === '/v1/audio/voices' && voices !== undefined);
      response.writeHead(isKnown ? 200 : 404).end(JSON.stringify(url === '/v1/models' ? { data: [] } : voices));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const checked = await checkProvider(
      { apiKey: 'sk', baseURL: `http://127.0.0.1:${port}/v1` },
      { key: 'KEY', voice: 'alloi' },
    );
    server.closeAllConnections();
    server.close();
    assert.match(checked.found, found);
    assert.equal(checked.isProblem, what === 'has no such voice');
  });
}
