import type { Admission } from './admission.ts';
import { askTemporal } from './ask-temporal.ts';
import type { FrontEndDependencies } from './front-end.ts';
import * as problems from './problems.ts';
import type { Handler } from './responder.ts';

/** `GET /healthz`: the process answers. */
export const getHealth: Handler = () => ({ status: 200, body: { status: 'ok' } });

/** `GET /readyz`: a turn that is posted now would be taken. */
export function getReadiness({ client, isWorkerRunning }: FrontEndDependencies, admission: Admission): Handler {
  return async () => {
    if (admission.isStopping) throw problems.notReady('this process is stopping');
    if (!isWorkerRunning()) throw problems.notReady('the worker of this process does not run');
    await askTemporal(client, () => client.connection.workflowService.getSystemInfo({}));
    return { status: 200, body: { status: 'ready' } };
  };
}
