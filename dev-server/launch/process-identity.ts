import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A process that cannot be confused with a later one of the same id. */
export interface ProcessIdentity {
  pid: number;
  startedAt: string;
}

const run = promisify(execFile);
const pollMs = 25;
const killAfterMs = 5_000;

export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const startedAt = process.platform === 'linux' ? await startFromProc(pid) : await startFromPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid))?.startedAt === identity.startedAt;
}

/** SIGTERM, then SIGKILL; resolves when the process is gone. Does nothing to another process of the same id. */
export async function endProcess(identity: ProcessIdentity): Promise<void> {
  const killAt = performance.now() + killAfterMs;
  let signal: NodeJS.Signals | undefined = 'SIGTERM';
  while (await isRunning(identity)) {
    if (performance.now() > killAt) signal = 'SIGKILL';
    if (signal) trySignal(identity.pid, signal);
    signal = undefined;
    await delay(pollMs);
  }
}

export function trySignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended between the look and the signal, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Clock ticks from boot to the start of the process, and the boot; a zombie has ended. */
async function startFromProc(pid: number): Promise<string | undefined> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The command's name, in brackets, may hold anything; the state is the first field after it, the start the 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${boot.trim()}/${fields[19]}`;
  } catch {
    // No such process.
    return undefined;
  }
}

async function startFromPs(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'state=,lstart=', '-p', String(pid)]);
    const [, state = 'Z', start] = /^(\S+)\s+(.+?)\s*$/.exec(stdout) ?? [];
    return state.startsWith('Z') ? undefined : start;
  } catch {
    // No such process: ps ends with 1.
    return undefined;
  }
}
