import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../../config.ts';

test('access: who watches a worker from elsewhere needs a key, as callers do', () => {
  const env = { LEGATO_MONITOR_HOST: '0.0.0.0', LEGATO_MONITOR_PORT: '9464' };
  assert.throws(() => readConfig(env), {
    faults: [
      "LEGATO_MONITOR_HOST is '0.0.0.0', which others can reach; set LEGATO_API_KEYS, or LEGATO_MONITOR_HOST to 127.0.0.1",
    ],
  });
  assert.deepEqual(readConfig({ ...env, LEGATO_API_KEYS: 'one' }).monitor, { host: '0.0.0.0', port: 9464 });
});
