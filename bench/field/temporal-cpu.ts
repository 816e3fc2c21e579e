import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second. */
const MS_PER_TICK = 10;
/** In `/proc/<pid>/stat`, after the name in parentheses: state, parent, …, time in user mode, time in the kernel. */
const [PARENT, USER, KERNEL] = [1, 11, 12];

/** Processor time of the Temporal server that this process started. Undefined where there is no `/proc`. */
export function temporalCpuMs(): number | undefined {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.map(readCpuMs).find((cpuMs) => cpuMs !== undefined);
  } catch {
    return undefined; // another system: the report has a dash
  }
}

function readCpuMs(pid: string): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    if (Number(fields[PARENT]) !== process.pid) return undefined;
    if (!/^[^\0]*temporal/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))) return undefined;
    return (Number(fields[USER]) + Number(fields[KERNEL])) * MS_PER_TICK;
  } catch {
    return undefined; // it has ended meanwhile
  }
}
