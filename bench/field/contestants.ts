import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type MarkedProcess, startMarked } from './marked-process.ts';
import { type Entrance, openCallerLine, openLegatoLine } from './entrance.ts';
import type { MarkBoard } from './mark-board.ts';

export interface Contestant {
  readonly name: string;
  readonly process: MarkedProcess;
  readonly open: Entrance;
  /** Temporal works for it too. */
  readonly isLegato: boolean;
}

export interface Surroundings {
  readonly board: MarkBoard;
  readonly temporal: { readonly address: string; readonly namespace: string };
  readonly providerUrl: string;
  /** The folder of another checkout, with its packages installed: its Legato is measured beside this one. */
  readonly against: string | undefined;
}

const LEGATO = 'contestants/legato.ts';
const HERE = fileURLToPath(new URL('.', import.meta.url));

/** Each in a process of its own; in the order of the report's columns. */
export async function startContestants(around: Surroundings, stack: AsyncDisposableStack): Promise<Contestant[]> {
  const started: Contestant[] = [];
  const provider = { OPENAI_API_KEY: 'scripted', OPENAI_BASE_URL: around.providerUrl };
  const start = async (name: string, module: string, env: Record<string, string> = {}): Promise<void> => {
    const isLegato = module.endsWith(LEGATO);
    const process = stack.use(await startMarked(module, around.board, { ...provider, ...env }));
    started.push({ name, process, open: isLegato ? openLegatoLine : openCallerLine, isLegato });
  };
  const startLegato = (name: string, folder: string, isAhead: boolean): Promise<void> =>
    start(name, resolve(folder, LEGATO), {
      ...{ TEMPORAL_ADDRESS: around.temporal.address, TEMPORAL_NAMESPACE: around.temporal.namespace },
      ...{ HOST: '127.0.0.1', PORT: '0', LEGATO_API_KEYS: '' },
      LEGATO_AGENT: resolve(folder, 'contestants/legato-agent.ts'),
      LEGATO_RUN_AHEAD: isAhead ? 'on' : 'off',
      BENCH_CONTESTANT: String(started.length),
    });
  await startLegato('Legato', HERE, true);
  if (around.against !== undefined) await startLegato('Legato there', resolve(around.against, 'bench/field'), true);
  await startLegato('Legato, not ahead', HERE, false);
  await start('LiveKit agents', 'contestants/livekit/main.ts');
  await start('plain loop', 'contestants/plain.ts');
  return started;
}
