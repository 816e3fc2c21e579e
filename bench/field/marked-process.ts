import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { MarkBoard } from './mark-board.ts';
import type { Report, Usage } from './marks.ts';

export interface MarkedProcess extends AsyncDisposable {
  readonly url: string;
  usage(): Promise<Usage>;
}

const START_MS = 60_000;

/** Forks a module that reports to the board (`marks.ts`), with `env` beside what it inherits; resolves when it serves. */
export async function startMarked(
  module: string,
  board: MarkBoard,
  env: Record<string, string> = {},
): Promise<MarkedProcess> {
  const child = fork(fileURLToPath(new URL(module, import.meta.url)), {
    env: { ...process.env, ...env },
    execArgv: ['--conditions=legato-source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const serving = Promise.withResolvers<string>();
  const asked = new Map<number, (usage: Usage) => void>();
  child.on('message', (report: Report) => {
    if ('marks' in report) board.take(report.marks);
    else if ('url' in report) serving.resolve(report.url);
    else asked.get(report.id)?.(report.usage);
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const failed = (why: string) => serving.reject(new Error(`Cannot measure: '${module}' ${why}; see above why`));
  const late = setTimeout(() => failed(`does not serve after ${START_MS / 1_000} s`), START_MS);
  void gone.then(() => failed('ended at once'));
  const url = await serving.promise.finally(() => clearTimeout(late));
  return {
    url,
    usage: () => askUsage(child, asked),
    [Symbol.asyncDispose]: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

function askUsage(child: ChildProcess, asked: Map<number, (usage: Usage) => void>): Promise<Usage> {
  const id = asked.size + 1;
  return new Promise((resolve) => {
    asked.set(id, resolve);
    child.send(id);
  });
}
