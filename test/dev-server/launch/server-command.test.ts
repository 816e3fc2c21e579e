import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';
import { parse } from 'yaml';
import { dynamicConfigPath } from '../../../dev-server/dynamic-config.ts';
import { freePorts } from '../../../dev-server/launch/free-ports.ts';
import { addressOf, prepareCommand } from '../../../dev-server/launch/server-command.ts';
import { scratchFolder } from '../scratch-folder.ts';

const cli = { origin: 'cli', path: '/bin/temporal', version: 'fake' } as const;
const built = { origin: 'built', path: '/bin/server', version: 'fake' } as const;

test('server command: the CLI gets every setting of the file one by one, as JSON', async (t) => {
  const site = { folder: await scratchFolder(t), database: { file: '/data/temporal.db' }, namespace: 'calls' };
  const { args, ports, uiPort } = await prepareCommand(cli, site, {});
  const settings = args.filter((_, index) => args[index - 1] === '--dynamic-config-value');
  const file = parse(await readFile(dynamicConfigPath, 'utf8')) as Record<string, [{ value: unknown }]>;
  const expected = Object.entries(file).map(([key, [{ value }]]) => `${key}=${JSON.stringify(value)}`);
  assert.deepEqual(settings, expected);
  assert.ok(settings.includes('history.timerProcessorMaxTimeShift="50ms"'));
  const rest = args.slice(0, args.indexOf('--dynamic-config-value')).join(' ');
  assert.equal(
    rest,
    `server start-dev --ip 127.0.0.1 --port ${ports[0]} --ui-port ${uiPort} --namespace calls --log-level error --db-filename /data/temporal.db`,
  );
});

test('server command: a built server reads the same file and keeps to loopback', async (t) => {
  const folder = await scratchFolder(t);
  const command = await prepareCommand(built, { folder, database: 'memory', namespace: 'default' }, {});
  const config = parse(await readFile(join(folder, 'server.yaml'), 'utf8')) as Record<string, object>;
  assert.deepEqual(config.dynamicConfigClient, { filepath: dynamicConfigPath, pollInterval: '60s' });
  const services = Object.values(config.services ?? {}) as { rpc: Record<string, unknown> }[];
  assert.ok(services.every(({ rpc }) => rpc.bindOnLocalHost === true));
  assert.equal(new Set(services.flatMap(({ rpc }) => [rpc.grpcPort, rpc.membershipPort])).size, 8);
  assert.equal(addressOf(command), `127.0.0.1:${command.ports[0]}`);
});

test('free ports: a preferred port is taken where it is free, and another where it is not', async (t) => {
  const [port = 0] = await freePorts(1);
  assert.deepEqual(await freePorts(1, [port]), [port]);
  const holder = createServer().listen(port, '127.0.0.1');
  t.after(() => holder.close());
  await once(holder, 'listening');
  assert.notDeepEqual(await freePorts(1, [port]), [port]);
});
