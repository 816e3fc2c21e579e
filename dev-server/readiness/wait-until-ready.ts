import { connect } from 'node:net';
import { Connection } from '@temporalio/client';
import { ensureNamespace } from './ensure-namespace.ts';
import { ensureSearchAttributes } from './ensure-search-attributes.ts';
import type { Ensured } from './ensured.ts';
import { grpcStatus } from '../../record/grpc-status.ts';
import { pollUntil } from './poll-until.ts';

const answerPollMs = 50;
const answerWithinMs = 60_000;
const askTimeoutMs = 2_000;

/** Waits for the frontend, then for namespace and search attributes; returns the server's version. */
export async function waitUntilReady(address: string, namespace: string, signal?: AbortSignal): Promise<string> {
  const poll = { everyMs: answerPollMs, withinMs: answerWithinMs, ...(signal ? { signal } : {}) };
  let version: string | undefined;
  await pollUntil(async () => (version = await askVersion(address)) !== undefined, {
    ...poll,
    failure: `The Temporal server at ${address} did not answer`,
  });
  const connection = await Connection.connect({ address });
  try {
    demand(await ensureNamespace(connection, namespace));
    demand(await ensureSearchAttributes(connection, namespace));
    await pollUntil(() => takesWork(connection, namespace), {
      ...poll,
      failure: `The Temporal server at ${address} did not accept work`,
    });
    return version ?? '';
  } finally {
    await connection.close();
  }
}

/** The version of the server at that address, or undefined if none answers there. */
export async function askVersion(address: string): Promise<string | undefined> {
  if (!(await isListening(address))) return undefined;
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: askTimeoutMs });
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    return serverVersion;
  } catch {
    // Listening but not serving yet, or not a Temporal server: no answer either way.
    return undefined;
  } finally {
    await connection?.close();
  }
}

/** The frontend answers before it has found the services behind it: history has the workflows, matching has the queues. */
async function takesWork({ workflowService }: Connection, namespace: string): Promise<boolean> {
  const nothing = 'legato-readiness';
  try {
    await workflowService.describeTaskQueue({ namespace, taskQueue: { name: nothing }, taskQueueType: 1 });
    await workflowService.describeWorkflowExecution({ namespace, execution: { workflowId: nothing } });
    return true;
  } catch (error) {
    const status = grpcStatus(error);
    if (status === 'not_found') return true;
    if (status === 'unavailable') return false;
    throw error;
  }
}

/** A gRPC channel that failed once backs off for a second; a plain connection knows at once. */
function isListening(address: string): Promise<boolean> {
  const { hostname: host, port } = new URL(`tcp://${address}`);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function demand({ missing, refusal }: Ensured): void {
  if (missing.length === 0) return;
  throw new Error(`The embedded Temporal server refused ${missing.join(', ')}: ${refusal ?? 'no reason given'}`);
}
