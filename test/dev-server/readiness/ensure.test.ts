import assert from 'node:assert/strict';
import test from 'node:test';
import { Connection } from '@temporalio/client';
import { searchAttributes } from '../../../contract/messages.ts';
import { ensureNamespace } from '../../../dev-server/readiness/ensure-namespace.ts';
import { ensureSearchAttributes } from '../../../dev-server/readiness/ensure-search-attributes.ts';
import type { TemporalServices } from '../../../dev-server/readiness/ensured.ts';

const names = Object.values(searchAttributes);

/** Answers each method as given and refuses all others, as a server does that lets this client do nothing else. */
function refusing(answers: Record<string, object>): TemporalServices {
  const refusal = Object.assign(new Error('7 PERMISSION_DENIED: not yours'), {
    code: 7,
    details: 'not yours',
    metadata: {},
  });
  const service = new Proxy(
    {},
    {
      get: (_, method: string) => () => (answers[method] ? Promise.resolve(answers[method]) : Promise.reject(refusal)),
    },
  );
  return { workflowService: service, operatorService: service } as TemporalServices;
}

test('namespace and search attributes: made once, and found the second time', async (t) => {
  const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233' });
  t.after(() => connection.close());
  const namespace = `ensure-${process.pid}`;
  assert.deepEqual((await ensureNamespace(connection, namespace)).created, [namespace]);
  assert.deepEqual((await ensureSearchAttributes(connection, namespace)).created, names);
  assert.deepEqual((await ensureNamespace(connection, namespace)).present, [namespace]);
  assert.deepEqual((await ensureSearchAttributes(connection, namespace)).present, names);
});

test('namespace: a server that refuses to register it leaves it missing', async () => {
  assert.deepEqual(await ensureNamespace(refusing({}), 'calls'), {
    ...{ present: [], created: [], missing: ['calls'], refusal: 'not yours' },
  });
});

test('search attributes: a server that refuses to add them leaves those missing that it has not', async () => {
  const services = refusing({ listSearchAttributes: { customAttributes: { LegatoAgent: 2 } } });
  const { present, missing, refusal } = await ensureSearchAttributes(services, 'calls');
  assert.deepEqual(present, ['LegatoAgent']);
  assert.deepEqual(
    missing,
    names.filter((name) => name !== 'LegatoAgent'),
  );
  assert.equal(refusal, 'not yours');
});

test('search attributes: one of another type is missing, and is said to have it', async () => {
  const customAttributes = Object.fromEntries(names.map((name) => [name, name === 'LegatoAgent' ? 1 : 2]));
  const { missing, refusal } = await ensureSearchAttributes(
    refusing({ listSearchAttributes: { customAttributes } }),
    'calls',
  );
  assert.deepEqual(missing, ['LegatoAgent']);
  assert.match(refusal ?? '', /LegatoAgent exist with a type other than Keyword/);
});
