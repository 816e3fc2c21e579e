// A process of its own that ends the cluster when its owner is gone, however the owner ended.
//
// 1. It knows every process of the cluster while that runs, by the id of its process group.
// 2. It lives as long as the pipe to the owner. Then it kills what still runs and, if that is temporary, removes the folder.
// 3. PostgreSQL is told to quit, because what is killed leaves its shared memory behind; it is killed if it takes over 5 s.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const script = `
running=
while read -r change pid signal; do
  kept=
  for entry in $running; do
    [ "\${entry%:*}" = "$pid" ] || kept="$kept $entry"
  done
  running=$kept
  [ "$change" = + ] && running="$running $pid:$signal"
done
for entry in $running; do
  kill -s "\${entry#*:}" -- "-\${entry%:*}"
  kill -s CONT -- "-\${entry%:*}"
done
waits=0
for entry in $running; do
  while [ "\${entry#*:}" != KILL ] && [ "$waits" -lt 50 ] && kill -s 0 -- "-\${entry%:*}"; do
    sleep 0.1
    waits=$((waits + 1))
  done
  kill -s KILL -- "-\${entry%:*}"
done
[ -z "$1" ] || rm -rf "$1" || { sleep 1; rm -rf "$1"; }
`;

export interface Watchdog {
  /** `signal` ends the process when the owner is gone. */
  readonly add: (pid: number, signal: NodeJS.Signals) => void;
  readonly remove: (pid: number) => void;
  /** Ends what still runs; resolves when all is gone, the temporary folder too. */
  readonly finish: () => Promise<void>;
}

export function startWatchdog(temporaryFolder: string | undefined): Watchdog {
  const child = spawn('/bin/sh', ['-c', script, 'watchdog', temporaryFolder ?? ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const exited = once(child, 'exit');
  child.unref();
  return {
    add: (pid, signal) => void child.stdin.write(`+ ${pid} ${signal.replace(/^SIG/, '')}\n`),
    remove: (pid) => void child.stdin.write(`- ${pid}\n`),
    finish: async () => {
      child.ref();
      child.stdin.end();
      await exited;
    },
  };
}
