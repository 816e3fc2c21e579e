import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { parse } from 'yaml';
import { inspectServer } from '../../../dev-server/inspection/inspect-server.ts';
import type { Finding } from '../../../dev-server/inspection/finding.ts';
import { scratchFolder, writeScript } from '../scratch-folder.ts';

const textOf = (findings: readonly Finding[]): string =>
  findings.map(({ status, found, details = [] }) => [`${status} ${found}`, ...details].join('\n')).join('\n');

test('inspection: a server named by address that does not answer is a problem, and its settings are not visible', async (t) => {
  const folder = await scratchFolder(t);
  const remote = { address: 'temporal.test:7233', connect: () => Promise.reject(new Error('no route')) };
  const inspection = await inspectServer({ environment: {}, cacheDir: folder, dataDir: folder, remote });
  assert.equal(inspection.way, 'address');
  assert.deepEqual(inspection.problems, ['The Temporal server at temporal.test:7233 does not answer: no route.']);
  assert.equal(inspection.dynamicConfig.inForce, false);
  assert.match(textOf(inspection.findings), /^ok named by[^]*not visible from here[^]*^missing The Temporal server/m);
});

test('inspection: a server can be built where Go is, and how to get Temporal UI for this machine alone is said', async (t) => {
  const folder = await scratchFolder(t);
  await writeScript(join(folder, 'go'), 'exit 1');
  const environment = { PATH: folder, TMPDIR: folder };
  const { way, problems, findings } = await inspectServer({ environment, cacheDir: folder, dataDir: folder });
  assert.deepEqual([way, problems], ['to-build', []]);
  assert.match(textOf(findings), /go install github\.com\/temporalio\/ui-server\/v2\/cmd\/server@v2\.54\.1/);
  const [, settings = ''] = /echo '(.*)' > ui\/config/.exec(textOf(findings)) ?? [];
  const { host, port, cors } = parse(settings) as { host: string; port: number; cors: { allowOrigins: string[] } };
  assert.deepEqual([host, cors.allowOrigins], ['127.0.0.1', [`http://127.0.0.1:${port}`]]);
});

test('inspection: the ways out are printed where no server is and none can be built', async (t) => {
  const folder = await scratchFolder(t);
  const environment = { PATH: folder, TMPDIR: folder };
  const { way, problems, findings } = await inspectServer({ environment, cacheDir: folder, dataDir: folder });
  assert.equal(way, 'none');
  assert.equal(problems.length, 1);
  assert.match(textOf(findings), /^missing No Temporal server[^]*Do one of these:/);
});
