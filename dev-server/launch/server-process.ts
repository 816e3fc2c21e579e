// One child process that runs a server.
//
// 1. It has a session of its own: Ctrl-C at the terminal reaches only the owner, which still needs the server for an orderly stop.
// 2. It writes to a file and not to its owner, so that it survives an owner that was killed and can be taken over.
// 3. It ends with its owner: by `stop`, by the owner's exit and, if no later start can adopt it, by a watchdog when the owner is killed.
// 4. If it yields, it runs at a lower priority than the processes that talk to callers: on a busy machine the record may
//    lag, but the voice may not.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { endProcess, identify, trySignal, type ProcessIdentity } from './process-identity.ts';
import type { ServerBinary } from '../binary/server-binary.ts';
import type { ServerCommand } from './server-command.ts';
import { serverEnvironment, type ServerLookup } from '../settings.ts';

const tailLines = 15;
/** `renice` before the server has any threads: each has a priority of its own. Without `renice` it runs like any other. */
const yieldingStart = 'renice -n 10 -p $$ >/dev/null 2>&1; exec "$0" "$@"';
/** Lives as long as the pipe to its owner; then kills the server and removes the folder that only it used. */
const watchdogScript = 'read -r _; kill -KILL "$1"; rm -rf "$2"';

export interface ServerProcess {
  identity: ProcessIdentity;
  command: ServerCommand;
  /** Resolves with the exit code or signal. */
  exited: Promise<string>;
  stop: () => Promise<void>;
}

export interface SpawnSite {
  folder: string;
  environment: ServerLookup['environment'];
  /** The folder is removed when the owner ends. */
  temporary: boolean;
  yields: boolean;
}

export async function spawnServer(
  binary: ServerBinary,
  command: ServerCommand,
  { folder, environment, temporary, yields }: SpawnSite,
): Promise<ServerProcess> {
  const output = await openLog(folder);
  const [file, args] = yields
    ? ['/bin/sh', ['-c', yieldingStart, binary.path, ...command.args]]
    : [binary.path, command.args];
  const child = spawn(file, args, {
    env: serverEnvironment(environment),
    stdio: ['ignore', output.fd, output.fd],
    detached: true,
  });
  const exited = once(child, 'exit').then(([code, signal]) => String(code ?? signal));
  await once(child, 'spawn').finally(() => output.close());
  child.unref();
  const identity = await identifyChild(child);
  const disarm = temporary ? startWatchdog(identity.pid, folder) : endOnExit(identity.pid);
  void exited.then(disarm);
  return { identity, command, exited, stop: () => endProcess(identity) };
}

/** The last lines that the server of that folder wrote, without their stack traces. */
export async function readTail(folder: string): Promise<string> {
  const text = await readFile(logFile(folder), 'utf8');
  return text.trimEnd().split('\n').slice(-tailLines).map(withoutStack).join('\n');
}

function withoutStack(line: string): string {
  try {
    const { level, msg, error } = JSON.parse(line) as Partial<Record<'level' | 'msg' | 'error', string>>;
    return [level, msg, error].filter(Boolean).join(': ');
  } catch {
    // Not JSON, so the server printed it outside of its log: shown as it is.
    return line;
  }
}

export function logFile(folder: string): string {
  return join(folder, 'server.log');
}

async function openLog(folder: string) {
  await rename(logFile(folder), join(folder, 'server.previous.log')).catch(() => undefined); // first run: none yet
  return open(logFile(folder), 'w');
}

async function identifyChild(child: ChildProcess): Promise<ProcessIdentity> {
  if (child.pid === undefined) throw new Error('A process that was spawned has no id');
  // A process that ended at once has no start time any more; `isRunning` does not find it either.
  return (await identify(child.pid)) ?? { pid: child.pid, startedAt: 'ended' };
}

/** Kills the server when this process exits: nobody is left to wait for a slower end. SQLite loses nothing by that. */
export function endOnExit(pid: number): () => void {
  const end = () => trySignal(pid, 'SIGKILL');
  process.once('exit', end);
  return () => process.off('exit', end);
}

function startWatchdog(pid: number, folder: string): () => void {
  const watchdog = spawn('/bin/sh', ['-c', watchdogScript, 'watchdog', String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.unref();
  return () => watchdog.kill('SIGKILL');
}
