import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readUrl } from '../testing/durable/agent-process.ts';

export interface ServingProcess {
  /** Of its front end; of a worker, which has none, its last line. */
  readonly url: string;
  /** What it has logged until now. */
  readonly logged: () => string;
  /** SIGKILL; resolves when the process is gone. */
  readonly kill: () => Promise<void>;
  /** SIGSTOP: it does nothing more, and its connections stay open. It can still be killed. */
  readonly pause: () => void;
  /** SIGCONT: it goes on. */
  readonly resume: () => void;
  /** SIGTERM; resolves with the exit code. */
  readonly stop: () => Promise<number | null>;
  /** Resolves with the exit code. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
  /** The first line of the log that is asked for, as soon as it is there. */
  readonly loggedLine: <Line>(isMeant: (line: Line) => boolean) => Promise<Line>;
  /** Resolves when the next line of the log that fits is there. */
  readonly nextLine: (pattern: RegExp) => Promise<string>;
}

const thisVersion = fileURLToPath(new URL('../cli/main.ts', import.meta.url));

type Command = 'serve' | 'dev' | 'dev --watch' | 'dev --play' | `worker${string}`;

/** `legato serve`, `dev` or `worker`, as a process of its own, on any free port; resolves when it takes turns or calls. */
export async function startServing(
  env: Record<string, string>,
  command: Command = 'serve',
  main = thisVersion,
): Promise<ServingProcess> {
  const child = spawn(process.execPath, ['--conditions=legato-source', main, ...command.split(' ')], {
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  // A test that ends early leaves no process behind.
  const kill = (): unknown => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const errors = new ErrorOutput(child.stderr);
  const ready = command.startsWith('worker') ? readLine(child.stdout, /^Temporal/) : readUrl(child.stdout);
  const url = await Promise.race([ready, exited.then(() => undefined)]);
  if (url === undefined) throw new Error(`legato ${command} ended at once: ${errors.text}`);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return (await exited)[0];
  };
  return {
    ...{ url, end },
    logged: () => errors.text,
    loggedLine: (isMeant) => errors.line(isMeant),
    nextLine: (pattern) => errors.next(pattern),
    kill: async () => void (await end('SIGKILL')),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: () => end('SIGTERM'),
  };
}

async function readLine(output: NodeJS.ReadableStream, pattern: RegExp): Promise<string | undefined> {
  for await (const line of createInterface({ input: output })) {
    if (!pattern.test(line)) continue;
    output.resume(); // closing the line reader has paused it
    return line;
  }
  return undefined;
}

/** What a process writes to its error output: lines of its log, and whatever else. */
class ErrorOutput {
  readonly #lines: string[] = [];
  #looked = 0;
  #more = Promise.withResolvers<void>();

  constructor(output: NodeJS.ReadableStream) {
    createInterface({ input: output }).on('line', (line) => {
      this.#lines.push(line);
      this.#more.resolve();
      this.#more = Promise.withResolvers();
    });
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  /** Each line is looked at once. */
  async next(pattern: RegExp): Promise<string> {
    for (;;) {
      while (this.#looked >= this.#lines.length) await this.#more.promise;
      const text = this.#lines[this.#looked++] ?? '';
      if (pattern.test(text)) return text;
    }
  }

  async line<Line>(isMeant: (line: Line) => boolean): Promise<Line> {
    for (let index = 0; ; index += 1) {
      while (index >= this.#lines.length) await this.#more.promise;
      const text = this.#lines[index] ?? '';
      const line = text.startsWith('{') ? (JSON.parse(text) as Line) : undefined;
      if (line && isMeant(line)) return line;
    }
  }
}
