import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildServer, builtServerPath } from '../../../dev-server/binary/build-server.ts';
import { scratchFolder, writeScript } from '../scratch-folder.ts';

const buildProcess = fileURLToPath(new URL('./build-process.ts', import.meta.url));
const goodBuild = `printf '#!/bin/sh\\necho built server\\n' > "$GOBIN/server"; /bin/chmod +x "$GOBIN/server"`;

/** A PATH whose only command is this Go. */
async function fakeGo(t: TestContext, body: string) {
  const folder = await scratchFolder(t);
  await writeScript(join(folder, 'go'), body);
  const cacheDir = join(folder, 'cache');
  return { folder, cacheDir, path: builtServerPath(cacheDir), environment: { PATH: folder } };
}

test('server build: the binary is in the cache and the module is the pinned one', async (t) => {
  const { folder, ...lookup } = await fakeGo(t, `${goodBuild}; echo "$@" > "\${0%/go}/arguments"`);
  assert.deepEqual(await buildServer(lookup), { origin: 'built', path: lookup.path, version: 'built server' });
  const commandLine = await readFile(join(folder, 'arguments'), 'utf8');
  assert.equal(commandLine.trim(), 'install -v go.temporal.io/server/cmd/server@v1.32.0');
});

test('server build: progress counts modules and packages', async (t) => {
  const lines =
    'i=0; while [ $i -lt 50 ]; do echo "go: downloading m$i v1" >&2; echo "package/p$i" >&2; i=$((i+1)); done';
  const lookup = await fakeGo(t, `${lines}; ${goodBuild}`);
  const logged: string[] = [];
  await buildServer({ ...lookup, log: (line) => logged.push(line) });
  assert.ok(
    logged.some((line) => line.includes('50 modules downloaded, 50 of at most')),
    logged.join('\n'),
  );
});

test('server build: two processes build once, the second taking the result of the first', async (t) => {
  const go = `echo run >> "\${0%/go}/runs"; read -r _ < "\${0%/go}/gate"; ${goodBuild}`;
  const { folder, cacheDir, path, environment } = await fakeGo(t, go);
  const gate = join(folder, 'gate');
  execFileSync('mkfifo', [gate]);
  const start = () => {
    const child = spawn(process.execPath, [buildProcess, cacheDir], {
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    return { exit: once(child, 'exit'), lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  };
  const [first, second] = [start(), start()];
  const openings = [await first.lines.next(), await second.lines.next()].map(({ value }) => String(value)).sort();
  assert.match(openings[0] ?? '', /^Another process is building/);
  assert.match(openings[1] ?? '', /^Building the Temporal server 1\.32\.0/);
  await writeFile(gate, 'go on\n');
  for (const { lines, exit } of [first, second]) {
    const rest = await Array.fromAsync({ [Symbol.asyncIterator]: () => lines });
    assert.equal(rest.at(-1), `result ${path} built server`);
    assert.equal((await exit)[0], 0);
  }
  assert.equal(await readFile(join(folder, 'runs'), 'utf8'), 'run\n');
});

test('server build: the error has the last lines of go and the ways out, the build having failed', async (t) => {
  const lookup = await fakeGo(t, 'echo "no space left on device" >&2; exit 1');
  await assert.rejects(buildServer(lookup), ({ message }: Error) => {
    assert.match(
      message,
      /^Cannot build the Temporal server: 'go install .*' ended with 1:\nno space left on device\n/,
    );
    assert.match(message, /TEMPORAL_ADDRESS/);
    return true;
  });
  await assert.rejects(access(lookup.path));
});

test('server build: a binary that does not start is not installed', async (t) => {
  const lookup = await fakeGo(t, `printf '#!/bin/sh\\nexit 5\\n' > "$GOBIN/server"; /bin/chmod +x "$GOBIN/server"`);
  await assert.rejects(buildServer(lookup), /Cannot use the Temporal server that was built: it does not start/);
  assert.deepEqual(await readdir(dirname(lookup.path)), []);
});

test('server build: what a killed build left behind is removed', async (t) => {
  const lookup = await fakeGo(t, goodBuild);
  await mkdir(join(dirname(lookup.path), 'build-left'), { recursive: true });
  await buildServer(lookup);
  assert.deepEqual(await readdir(dirname(lookup.path)), ['server']);
});
