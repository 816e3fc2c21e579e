import type { FrontEndDependencies } from './front-end.ts';
import * as problems from './problems.ts';
import type { Handler } from './responder.ts';

/** `GET /healthz`: the process answers. */
export const getHealth: Handler = () => ({ status: 200, body: { status: 'ok' } });

/** Anybody may ask whether the process is ready: Temporal is asked once for all who do within this. */
const FRESH_MS = 1_000;

/** `GET /readyz`: a turn that is posted now would be taken. */
export function getReadiness({ service, isWorkerRunning, missing }: FrontEndDependencies): Handler {
  const askOnce = onceWithin(FRESH_MS, () => service.reachTemporal());
  return async () => {
    if (service.admission.isStopping) throw problems.notReady('this process is stopping');
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
