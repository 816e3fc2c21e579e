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
}

const LEGATO = 'contestants/legato.ts';

/** Each in a process of its own; in the order of the report's columns. */
export async function startContestants(around: Surroundings, stack: AsyncDisposableStack): Promise<Contestant[]> {
  const started: Contestant[] = [];
  const provider = { OPENAI_API_KEY: 'scripted', OPENAI_BASE_URL: around.providerUrl };
  const start = async (name: string, module: string, env: Record<string, string> = {}): Promise<void> => {
    const isLegato = module === LEGATO;
    const process = stack.use(await startMarked(module, around.board, { ...provider, ...env }));
    started.push({ name, process, open: isLegato ? openLegatoLine : openCallerLine, isLegato });
  };
  const legato = {
    ...{ TEMPORAL_ADDRESS: around.temporal.address, TEMPORAL_NAMESPACE: around.temporal.namespace },
    ...{ HOST: '127.0.0.1', PORT: '0', LEGATO_API_KEYS: '' },
    LEGATO_AGENT: fileURLToPath(new URL('contestants/legato-agent.ts', import.meta.url)),
  };
  await start('Legato', LEGATO, { ...legato, LEGATO_RUN_AHEAD: 'on' });
  await start('Legato, not ahead', LEGATO, { ...legato, LEGATO_RUN_AHEAD: 'off' });
  await start('LiveKit agents', 'contestants/livekit/main.ts');
  await start('plain loop', 'contestants/plain.ts');
  return started;
}
