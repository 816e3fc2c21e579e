import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface ProviderProcess extends AsyncDisposable {
  /** Base URL, ends in `/v1`. */
  readonly url: string;
}

/**
 * Starts a module that prints the URL it serves as its first line, as `providers/scripted/main.ts` does, in a process and
 * a group of its own: an interrupt from the terminal does not end it before the turns that need it.
 */
export async function startProviderProcess(module: URL, args: readonly string[] = []): Promise<ProviderProcess> {
  const child = fork(module, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], detached: true });
  const exited = once(child, 'exit');
  const failed = exited.then(() => {
    throw new Error(`Cannot start the scripted server '${module.pathname}': it ended at once; see the output above`);
  });
  failed.catch(() => undefined); // after its start it ends when we stop it
  const [line] = (await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), failed])) as [Buffer];
  const stop = async (): Promise<void> => {
    if (child.connected) child.disconnect();
    await exited;
  };
  return { url: line.toString().trim(), [Symbol.asyncDispose]: stop };
}
