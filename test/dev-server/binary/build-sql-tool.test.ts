import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { builtServerPath } from '../../../dev-server/binary/build-server.ts';
import { buildSqlTool } from '../../../dev-server/binary/build-sql-tool.ts';
import { scratchFolder, writeScript } from '../scratch-folder.ts';

test('SQL tool: it is built from the module of the pinned server, and kept beside the server under its own name', async (t) => {
  const folder = await scratchFolder(t);
  const script = `printf '#!/bin/sh\\necho built tool\\n' > "$GOBIN/sql"; /bin/chmod +x "$GOBIN/sql"`;
  await writeScript(join(folder, 'go'), `${script}; echo "$@" > "\${0%/go}/arguments"`);
  const lookup = { cacheDir: join(folder, 'cache'), environment: { PATH: folder } };
  const path = join(dirname(builtServerPath(lookup.cacheDir)), 'temporal-sql-tool');
  assert.deepEqual(await buildSqlTool(lookup), { path, version: 'built tool' });
  const commandLine = await readFile(join(folder, 'arguments'), 'utf8');
  assert.equal(commandLine.trim(), 'install -v go.temporal.io/server/cmd/tools/sql@v1.32.0');
});

test('SQL tool: one that was built before needs no Go', async (t) => {
  const folder = await scratchFolder(t);
  await writeScript(join(folder, 'go'), `printf '#!/bin/sh\\necho tool\\n' > "$GOBIN/sql"; /bin/chmod +x "$GOBIN/sql"`);
  const cacheDir = join(folder, 'cache');
  const built = await buildSqlTool({ cacheDir, environment: { PATH: folder } });
  assert.deepEqual(await buildSqlTool({ cacheDir, environment: { PATH: '' } }), built);
});

test('SQL tool: the error says what to install, there being no Go to build it with', async (t) => {
  const folder = await scratchFolder(t);
  await assert.rejects(
    buildSqlTool({ cacheDir: folder, environment: { PATH: folder } }),
    /^Error: Cannot find a temporal-sql-tool: no 'go' command is on the PATH to build one\.\nInstall Go 1\.21 or later/,
  );
});
