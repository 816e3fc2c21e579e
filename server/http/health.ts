import * as problems from './problems.ts';
import type { Handler } from './responder.ts';

/** `GET /healthz`: the process answers. */
export const getHealth: Handler = () => ({ status: 200, body: { status: 'ok' } });

/** Anybody may ask whether the process is ready: Temporal is asked once for all who do within this. */
const FRESH_MS = 1_000;

export interface Readiness {
  readonly isStopping: () => boolean;
  readonly isWorkerRunning: () => boolean;
  /** Rejects where Temporal does not answer. */
  readonly ask: () => Promise<void>;
  /** What the process does without, one sentence each, for anybody to read. */
  readonly missing?: () => readonly string[];
}

/** `GET /readyz`: a turn that is posted now would be taken; of a process without a front end, a step or a call that Temporal has. */
export function getReadiness({ isStopping, isWorkerRunning, ask, missing }: Readiness): Handler {
  const askOnce = onceWithin(FRESH_MS, ask);
  return async () => {
    if (isStopping()) throw problems.notReady('this process is stopping');
    if (!isWorkerRunning()) throw problems.notReady('the worker of this process does not run');
    await askOnce();
    const without = missing?.() ?? [];
    return { status: 200, body: { status: 'ready', ...(without.length > 0 && { missing: without }) } };
  };
}

/** The last answer, or failure, while it is fresh; those who ask meanwhile share it. */
function onceWithin<T>(freshMs: number, ask: () => Promise<T>): () => Promise<T> {
  let last: { readonly untilMs: number; readonly answer: Promise<T> } | undefined;
  return () => {
    if (last && performance.now() < last.untilMs) return last.answer;
    last = { untilMs: performance.now() + freshMs, answer: ask() };
    return last.answer;
  };
}
