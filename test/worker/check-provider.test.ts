import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { checkProvider } from '../../worker/check-provider.ts';

test('check provider: a key that no header can hold is not printed', async () => {
  const server = { apiKey: 'sk-secret\nsk-other', baseURL: 'http://127.0.0.1:1/v1' };
  const { found, isProblem } = await checkProvider(server, 'OPENAI_API_KEY');
  assert.equal(isProblem, true);
  assert.doesNotMatch(found, /sk-/);
});

test('check provider: a server that nothing listens for is named by the code of the network’s error', async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  const port = await promise;
  await new Promise((closed) => server.close(closed));
  const { found } = await checkProvider({ apiKey: 'sk', baseURL: `http://127.0.0.1:${port.toFixed()}/v1` }, 'KEY');
  assert.equal(found, 'it cannot be reached (ECONNREFUSED); check the address and the network');
});
