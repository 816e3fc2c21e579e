import { msToTs } from '@temporalio/common/lib/time.js';
import { usablePollMs, usableWithinMs, type Ensured, type TemporalServices } from './ensured.ts';
import { grpcStatus, isDenied, messageOf } from '../../record/grpc-status.ts';
import { pollUntil } from './poll-until.ts';

/** Registers the namespace where it is missing, and returns when it is usable. Throws only if the server does not answer. */
export async function ensureNamespace(services: TemporalServices, namespace: string): Promise<Ensured> {
  const found = await hasNamespace(services, namespace);
  if (found.present.length > 0 || found.refusal !== undefined) return found;
  try {
    await services.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('7 days'),
    });
  } catch (error) {
    if (isDenied(error)) return { ...found, refusal: messageOf(error) };
    if (grpcStatus(error) !== 'already_exists') throw error;
  }
  await pollUntil(() => isUsable(services, namespace), {
    everyMs: usablePollMs,
    withinMs: usableWithinMs,
    failure: `Namespace '${namespace}' was registered but was not usable`,
  });
  return { present: [], created: [namespace], missing: [] };
}

/** Looks only. A refusal says that this client may not know. */
export async function hasNamespace(services: TemporalServices, namespace: string): Promise<Ensured> {
  try {
    await services.workflowService.describeNamespace({ namespace });
    return { present: [namespace], created: [], missing: [] };
  } catch (error) {
    const absent = { present: [], created: [], missing: [namespace] };
    if (grpcStatus(error) === 'not_found') return absent;
    if (isDenied(error)) return { ...absent, refusal: messageOf(error) };
    throw error;
  }
}

async function isUsable({ workflowService }: TemporalServices, namespace: string): Promise<boolean> {
  try {
    await workflowService.countWorkflowExecutions({ namespace });
    return true;
  } catch (error) {
    if (grpcStatus(error) === 'not_found') return false;
    throw error;
  }
}
