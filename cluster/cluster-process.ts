// One process of the cluster, which can be killed, paused and started again.
//
// 1. It leads a process group: signals reach all that it has started, and Ctrl-C at the terminal reaches only the owner.
// 2. It writes to a file, so that it is never blocked by its owner; an error has the end of that file.
// 3. It has the same port and the same folder each time it starts.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { pollUntil } from '../dev-server/readiness/poll-until.ts';
import { trySignal } from '../dev-server/launch/process-identity.ts';
import type { UnixUser } from './unix-user.ts';
import type { Watchdog } from './watchdog.ts';

const readyPollMs = 50;
const readyWithinMs = 120_000;
const endWithinMs = 45_000;
const tailLength = 3_000;

export interface ProcessPlan {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly user?: UnixUser | undefined;
  readonly port?: number;
  /** Absolute path of the file that it writes to. */
  readonly log: string;
  /** Whether it takes work; `logged` is what it has written since it started. */
  readonly isReady: (logged: string) => Promise<boolean>;
  /** Ends it in good order. Default SIGTERM. */
  readonly endSignal?: NodeJS.Signals;
  /** Ends it as a crash would. Default SIGKILL. */
  readonly crashSignal?: NodeJS.Signals;
}

export interface Owner {
  readonly watchdog: Watchdog;
  readonly report: (line: string) => void;
}

interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly exited: Promise<string>;
  /** It ends because somebody asked for it. */
  isExpected: boolean;
}

export class ClusterProcess {
  readonly #plan: ProcessPlan;
  readonly #owner: Owner;
  #running: Running | undefined;

  constructor(plan: ProcessPlan, owner: Owner) {
    this.#plan = plan;
    this.#owner = owner;
  }

  get name(): string {
    return this.#plan.name;
  }

  /** On 127.0.0.1; a worker listens on none. */
  get port(): number | undefined {
    return this.#plan.port;
  }

  get log(): string {
    return this.#plan.log;
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /** Resolves when it takes work. Does nothing if it runs. */
  async start(): Promise<void> {
    if (this.#running) return;
    const { isReady, name, log } = this.#plan;
    const { size, running } = await this.#spawn();
    const waiting = new AbortController();
    const failed = running.exited.then((how) => {
      throw new Error(`it ended with ${how}`);
    });
    try {
      const poll = { everyMs: readyPollMs, withinMs: readyWithinMs, signal: waiting.signal };
      const isReadyNow = async () => isReady((await readFile(log)).subarray(size).toString());
      await Promise.race([failed, pollUntil(isReadyNow, { ...poll, failure: 'it was not ready' })]);
    } catch (error) {
      await this.kill();
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`Cannot start '${name}' of the cluster: ${reason}\n${await this.#tail()}`, { cause: error });
    } finally {
      waiting.abort();
      failed.catch(() => undefined); // it may end later, when nobody waits for its start
    }
  }

  /** As a crash; resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#signalAndWait(this.#plan.crashSignal ?? 'SIGKILL');
  }

  /** In good order; killed after `withinMs`. Resolves with its exit code, or the signal that ended it. */
  async end(withinMs = endWithinMs): Promise<string | undefined> {
    const running = this.#running;
    if (!running) return undefined;
    const ended = this.#signalAndWait(this.#plan.endSignal ?? 'SIGTERM');
    const patience = new AbortController();
    const late = delay(withinMs, undefined, { signal: patience.signal, ref: false }).then(() =>
      signalGroup(running, 'SIGKILL'),
    );
    late.catch(() => undefined); // it ended in time
    const how = await ended;
    patience.abort();
    return how;
  }

  /** It does nothing more, and its connections stay open. */
  pause(): void {
    if (this.#running) signalGroup(this.#running, 'SIGSTOP');
  }

  resume(): void {
    if (this.#running) signalGroup(this.#running, 'SIGCONT');
  }

  /** Kills it if it runs. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  async #spawn(): Promise<{ readonly size: number; readonly running: Running }> {
    const { file, args, env, user, log, crashSignal = 'SIGKILL' } = this.#plan;
    const output = await open(log, 'a');
    try {
      const { size } = await output.stat();
      const stdio = ['ignore', output.fd, output.fd] as const;
      const child = spawn(file, args, { env, ...user, stdio: [...stdio], detached: true });
      const exited = once(child, 'exit').then(([code, signal]) => String(code ?? signal));
      exited.catch(() => undefined); // it could not be started, which the next line throws
      await once(child, 'spawn');
      const { pid } = child;
      if (pid === undefined) throw new Error('A process that was spawned has no id');
      const running: Running = { child, pid, exited, isExpected: false };
      this.#running = running;
      this.#owner.watchdog.add(pid, crashSignal);
      void exited.then((how) => this.#ended(running, how));
      return { size, running };
    } finally {
      await output.close();
    }
  }

  #ended(running: Running, how: string): void {
    this.#owner.watchdog.remove(running.pid);
    this.#running = undefined;
    if (!running.isExpected) this.#owner.report(`'${this.name}' ended by itself with ${how}; see ${this.log}`);
  }

  async #signalAndWait(signal: NodeJS.Signals): Promise<string | undefined> {
    const running = this.#running;
    if (!running) return undefined;
    running.isExpected = true;
    signalGroup(running, signal);
    signalGroup(running, 'SIGCONT'); // one that is paused acts on nothing but SIGKILL
    return running.exited;
  }

  async #tail(): Promise<string> {
    const text = (await readFile(this.log, 'utf8')).trimEnd();
    return text === '' ? `It wrote nothing to ${this.log}.` : `The end of ${this.log}:\n${text.slice(-tailLength)}`;
  }
}

function signalGroup({ pid }: Running, signal: NodeJS.Signals): void {
  trySignal(-pid, signal);
}
