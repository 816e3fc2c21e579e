import { type ChildProcess, spawn } from 'node:child_process';
import type { Player } from './find-player.ts';

export interface RunningPlayer {
  readonly child: ChildProcess;
  /** Resolves when it is gone, with why it failed, if it did. A player that a signal ended has not failed. */
  readonly over: Promise<string | undefined>;
  /** Silent at once. */
  readonly kill: () => void;
}

const MAX_ERROR_CHARS = 200;
const running = new Set<() => void>();
const killAll = (): void => running.forEach((kill) => kill());

/** Starts a player, which ends with this process at the latest: a killed process closes its input. */
export function startPlayer({ name, command, args }: Player, ...more: readonly string[]): RunningPlayer {
  // In a group of its own: Ctrl-C at the terminal is for us.
  const child = spawn(command, [...args, ...more], { stdio: ['pipe', 'ignore', 'pipe'], detached: true });
  let errors = '';
  let isKilled = false;
  child.stderr.on('data', (text: Buffer) => (errors = `${errors}${text.toString()}`.slice(0, MAX_ERROR_CHARS)));
  // It is gone: its exit says why.
  child.stdin.on('error', () => undefined);
  const kill = (): void => {
    isKilled = true;
    child.kill('SIGKILL');
  };
  if (running.size === 0) process.on('exit', killAll);
  running.add(kill);
  const over = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(`'${name}' cannot be started: ${error.message}`));
    child.once('close', (code) => {
      const why = errors.trim().split('\n')[0] ?? '';
      resolve(
        isKilled || code === 0 || code === null ? undefined : `'${name}' ended with code ${code}${why && `: ${why}`}`,
      );
    });
  }).finally(() => {
    running.delete(kill);
    if (running.size === 0) process.off('exit', killAll);
  });
  return { child, over, kill };
}
