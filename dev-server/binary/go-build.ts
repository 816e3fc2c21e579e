// Builds a program of the Temporal server with Go, once, into a cache outside the checkout.
//
// 1. Two processes never build at once: the cache folder is locked, and a process that waited takes the other's result.
// 2. A binary gets its name only when it is complete and has started once: it is built in a scratch folder, then renamed.
// 3. An existing build that starts is used.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { withFolderLock } from '../folder-lock.ts';
import { findCommand, isExecutable, readVersion } from './server-binary.ts';
import type { ServerLookup } from '../settings.ts';

export const serverVersion = '1.32.0';
const linesBetweenReports = 100;
const tailLines = 12;
const scratchPrefix = 'build-';

/** A program, as Go knows it. */
export interface GoProgram {
  /** Named in what the user reads. */
  readonly name: string;
  /** Path in the module `go.temporal.io/server`. Go names the binary for its last element. */
  readonly path: string;
  /** `go list -deps` of it; the standard library and what Go has in its own cache are not compiled again. */
  readonly packageCount: number;
  /** On two cores, nothing being cached. */
  readonly duration: string;
  /** What a user can do where it cannot be built. */
  readonly waysOut: string;
  /** Why each way to get it that was tried before was passed over. */
  readonly passedOver?: readonly string[];
}

export interface Built {
  readonly path: string;
  /** What the binary prints as its version, in one line. */
  readonly version: string;
}

/** Where everything that is built of one version of the server is kept. */
export function builtFolder(cacheDir: string): string {
  return join(cacheDir, `temporal-server-${serverVersion}`);
}

/** Builds into that file of the cache, unless it is there. */
export async function buildWithGo(program: GoProgram, path: string, lookup: ServerLookup): Promise<Built> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const onWait = () => lookup.log?.(`Another process is building the ${program.name}; waiting for its result.`);
  return withFolderLock(folder, onWait, () => buildLocked(program, path, lookup));
}

async function buildLocked(program: GoProgram, path: string, lookup: ServerLookup): Promise<Built> {
  if (await isExecutable(path)) {
    const version = await readVersion(path, lookup).catch(() => undefined); // it does not start: built again below
    if (version) return { path, version };
  }
  const go = await findGo(program, lookup);
  const folder = dirname(path);
  await removeLeftovers(folder);
  const scratch = await mkdtemp(join(folder, scratchPrefix));
  try {
    const { name, duration } = program;
    lookup.log?.(`Building the ${name} ${serverVersion} with Go into ${folder}; once, ${duration} on two cores.`);
    await goInstall(program, scratch, { ...lookup, go });
    const made = join(scratch, basename(program.path));
    const version = await checkStarts(program, made, lookup);
    await rename(made, path);
    lookup.log?.(`Built ${path}: ${version}.`);
    return { path, version };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function findGo({ name, passedOver = [], waysOut }: GoProgram, { environment }: ServerLookup): Promise<string> {
  const go = await findCommand('go', environment.PATH);
  if (go) return go;
  const reasons = [...passedOver, "no 'go' command is on the PATH to build one"].join('; ');
  throw new Error(`Cannot find a ${name}: ${reasons}.\n${waysOut}`);
}

/** Folders of builds that were killed; while the lock is held, nobody works in them. */
async function removeLeftovers(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(scratchPrefix));
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

async function goInstall(
  program: GoProgram,
  binDir: string,
  { go, environment, log }: ServerLookup & { go: string },
): Promise<void> {
  const target = `go.temporal.io/server/${program.path}@v${serverVersion}`;
  const child = spawn(go, ['install', '-v', target], {
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
    const [exit, tail] = await Promise.all([ended, reportProgress(program, child.stderr, log)]);
    if (exit === 0) return;
    throw new Error(
      `Cannot build the ${program.name}: 'go install -v ${target}' ended with ${exit}:\n${tail.join('\n')}\n${program.waysOut}`,
    );
  } finally {
    process.off('exit', endChild);
  }
}

/** Counts the lines of `go install -v`: one per module that is downloaded, one per package that is compiled. */
async function reportProgress(
  { packageCount }: GoProgram,
  output: NodeJS.ReadableStream,
  log: ServerLookup['log'],
): Promise<string[]> {
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

async function checkStarts(program: GoProgram, path: string, lookup: ServerLookup): Promise<string> {
  try {
    return await readVersion(path, lookup);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `Cannot use the ${program.name} that was built: it does not start: ${reason}\n${program.waysOut}`;
    throw new Error(message, { cause });
  }
}
