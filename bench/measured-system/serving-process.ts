import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readUrl } from '../../testing/durable/agent-process.ts';
import type { Memory } from './memory-reporter.ts';

export interface ServingProcess extends AsyncDisposable {
  /** Of the front end. */
  readonly url: string;
  /** In use after garbage collection. */
  memory(): Promise<Memory>;
}

/** For repeatable figures of memory: garbage collected on demand, and a space for new objects of fixed size. */
const V8_FLAGS = ['--expose-gc', '--min-semi-space-size=16', '--max-semi-space-size=16'];

const toPath = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** `legato serve` as a process of its own, with `env` beside what it inherits; resolves when it takes turns. */
export async function startServing(env: Record<string, string>): Promise<ServingProcess> {
  const child = fork(toPath('../../cli/main.ts'), ['serve'], {
    env: { ...process.env, HOST: '127.0.0.1', PORT: '0', LEGATO_API_KEYS: '', ...env },
    execArgv: ['--conditions=legato-source', ...V8_FLAGS, '--import', toPath('memory-reporter.ts')],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const url = await Promise.race([readUrl(child.stdout as NodeJS.ReadableStream), exited.then(() => undefined)]);
  if (url === undefined) throw new Error('Cannot measure: the serving process ended at once; see above why');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  return { url, memory: () => askMemory(child), [Symbol.asyncDispose]: stop };
}

async function askMemory(child: ChildProcess): Promise<Memory> {
  const answered = once(child, 'message') as Promise<[Memory]>;
  child.send('memory');
  return (await answered)[0];
}
