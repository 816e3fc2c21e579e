import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface AgentProcess {
  /** Of its front end. */
  readonly url: string;
  /** SIGKILL; resolves when it is gone. */
  readonly kill: () => Promise<void>;
}

/** From a checkout Legato runs as it is. */
const isSource = import.meta.filename.endsWith('.ts');
const main = fileURLToPath(new URL(`../../cli/main.${isSource ? 'ts' : 'js'}`, import.meta.url));

/** `legato serve` as a process of its own; resolves when it takes turns, and is killed with this process at the latest. */
export async function startAgentProcess(env: Readonly<Record<string, string | undefined>>): Promise<AgentProcess> {
  const conditions = isSource ? ['--conditions=legato-source'] : [];
  const child = spawn(process.execPath, [...conditions, main, 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const killNow = (): unknown => child.kill('SIGKILL');
  process.once('exit', killNow);
  child.once('exit', () => process.off('exit', killNow));
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors = `${errors}${text.toString()}`.slice(-10_000)));
  const url = await Promise.race([readUrl(child.stdout), exited.then(() => undefined)]);
  if (url === undefined) throw new Error(`Cannot start the agent: its process ended at once:\n${errors}`);
  const kill = async (): Promise<void> => {
    killNow();
    await exited;
  };
  return { url, kill };
}

/** The address that `legato serve` prints once it takes turns. Undefined where it ends before. */
export async function readUrl(output: NodeJS.ReadableStream): Promise<string | undefined> {
  for await (const line of createInterface({ input: output })) {
    const url = /^Front end\s+(\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    output.resume(); // closing the line reader has paused it
    return url;
  }
  return undefined;
}
