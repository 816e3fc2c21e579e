// Builds the Temporal server with Go, once, into a cache outside the checkout.
//
// 1. Two processes never build at once: the cache folder is locked, and a process that waited takes the other's result.
// 2. A binary gets its name only when it is complete and has started once: it is built in a scratch folder, then renamed.
// 3. An existing build that starts is used.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { withFolderLock } from '../folder-lock.ts';
import { findCommand, isExecutable, readVersion, type ServerBinary } from './server-binary.ts';
import { waysOut, type ServerLookup } from '../settings.ts';

export const serverVersion = '1.32.0';
const serverPackage = `go.temporal.io/server/cmd/server@v${serverVersion}`;
/** `go list -deps` of that package; the standard library and what Go has in its own cache are not compiled again. */
const packageCount = 1754;
const linesBetweenReports = 100;
const tailLines = 12;
const scratchPrefix = 'build-';

export function builtServerPath(cacheDir: string): string {
  return join(cacheDir, `temporal-server-${serverVersion}`, 'server');
}

export async function buildServer(lookup: ServerLookup, passedOver: string[] = []): Promise<ServerBinary> {
  const go = await findCommand('go', lookup.environment.PATH);
  if (!go) {
    const reasons = [...passedOver, "no 'go' command is on the PATH to build one"].join('; ');
    throw new Error(`Cannot find a Temporal server: ${reasons}.\n${waysOut}`);
  }
  const folder = dirname(builtServerPath(lookup.cacheDir));
  await mkdir(folder, { recursive: true });
  const onWait = () => lookup.log?.('Another process is building the Temporal server; waiting for its result.');
  return withFolderLock(folder, onWait, () => buildLocked(lookup, folder, go));
}

async function buildLocked(lookup: ServerLookup, folder: string, go: string): Promise<ServerBinary> {
  const path = builtServerPath(lookup.cacheDir);
  if (await isExecutable(path)) {
    const version = await readVersion(path, lookup).catch(() => undefined); // it does not start: built again below
    if (version) return { origin: 'built', path, version };
  }
  await removeLeftovers(folder);
  const scratch = await mkdtemp(join(folder, scratchPrefix));
  try {
    lookup.log?.(
      `Building the Temporal server ${serverVersion} with Go into ${folder}; once, about 6 minutes on two cores.`,
    );
    await goInstall(go, scratch, lookup);
    const version = await checkStarts(join(scratch, 'server'), lookup);
    await rename(join(scratch, 'server'), path);
    lookup.log?.(`Built ${path}: ${version}.`);
    return { origin: 'built', path, version };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Folders of builds that were killed; while the lock is held, nobody works in them. */
async function removeLeftovers(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(scratchPrefix));
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

async function goInstall(go: string, binDir: string, { environment, log }: ServerLookup): Promise<void> {
  const child = spawn(go, ['install', '-v', serverPackage], {
    env: { ...environment, GOBIN: binDir },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const endChild = () => child.kill();
  process.once('exit', endChild);
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  try {
    const [exit, tail] = await Promise.all([ended, reportProgress(child.stderr, log)]);
    if (exit === 0) return;
    throw new Error(
      `Cannot build the Temporal server: 'go install -v ${serverPackage}' ended with ${exit}:\n${tail.join('\n')}\n${waysOut}`,
    );
  } finally {
    process.off('exit', endChild);
  }
}

/** Counts the lines of `go install -v`: one per module that is downloaded, one per package that is compiled. */
async function reportProgress(output: NodeJS.ReadableStream, log: ServerLookup['log']): Promise<string[]> {
  const tail: string[] = [];
  let downloaded = 0;
  let compiled = 0;
  for await (const line of createInterface({ input: output })) {
    tail.push(line);
    if (tail.length > tailLines) tail.shift();
    if (line.startsWith('go: downloading')) downloaded += 1;
    else compiled += 1;
    if ((downloaded + compiled) % linesBetweenReports === 0) {
      log?.(`  ${downloaded} modules downloaded, ${compiled} of at most ${packageCount} packages compiled`);
    }
  }
  return tail;
}

async function checkStarts(path: string, lookup: ServerLookup): Promise<string> {
  try {
    return await readVersion(path, lookup);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot use the Temporal server that was built: it does not start: ${reason}\n${waysOut}`, {
      cause,
    });
  }
}
