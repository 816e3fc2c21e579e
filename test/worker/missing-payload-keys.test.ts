import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineAgent, secret } from 'legato';
import { z } from 'zod';
import { missingPayloadKeys } from '../../worker/missing-payload-keys.ts';

const options = { name: 'desk', instructions: 'Help.', model: 'm', voice: 'v' };
const agent = defineAgent({ ...options, metadata: z.object({ tenant: z.string(), token: secret(z.string()) }) });
const payloadKeys = [{ id: 'k1', key: Buffer.alloc(32) }];

test('payload keys: an agent with secret metadata is not served without them, and the error says how to make one', () => {
  const missing = missingPayloadKeys(agent, { payloadKeys: [] }) ?? '';
  assert.match(
    missing,
    /^Cannot serve agent 'desk': its metadata has secret fields \('token'\), .*LEGATO_PAYLOAD_KEYS is not/,
  );
  assert.match(missing, /openssl rand -base64 32/);
  assert.equal(missingPayloadKeys(agent, { payloadKeys }), undefined);
});

test('payload keys: an agent without secret metadata needs none', () => {
  assert.equal(missingPayloadKeys(defineAgent(options), { payloadKeys: [] }), undefined);
});
