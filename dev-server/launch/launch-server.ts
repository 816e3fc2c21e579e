import type { ServerBinary, ServerOrigin } from '../binary/server-binary.ts';
import { addressOf, prepareCommand, type LaunchSite, type ServerPorts } from './server-command.ts';
import { logFile, readTail, spawnServer, type ServerProcess } from './server-process.ts';
import type { ServerLookup } from '../settings.ts';
import { waitUntilReady } from '../readiness/wait-until-ready.ts';

export interface Launch {
  binary: ServerBinary;
  namespace: string;
  /** Runs at a lower priority than other processes. */
  yields: boolean;
  lookup: ServerLookup;
}

/** A server that runs and is ready, and how to end it. */
export interface LiveServer extends ServerPorts {
  origin: ServerOrigin;
  version: string;
  adopted: boolean;
  owned: boolean;
  stop: () => Promise<void>;
}

export interface LaunchPlan extends Omit<LaunchSite, 'namespace'> {
  /** Nobody can take the folder over: it is removed when its owner ends. */
  temporary: boolean;
  preferred: Partial<ServerPorts>;
  /** Awaited before anything else, so that the state file has a server as soon as it exists. */
  onSpawned?: (server: ServerProcess) => Promise<void>;
}

/** Between the choice of free ports and their use another process may take one. */
const launchAttempts = 3;

/** Starts the binary and waits until it is ready; if it ends or never gets ready, the error has the end of its log. */
export async function launchServer(launch: Launch, plan: LaunchPlan): Promise<LiveServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launchOnce(launch, attempt === 1 ? plan : { ...plan, preferred: {} });
    } catch (error) {
      if (attempt === launchAttempts || !/address already in use/i.test(String(error))) throw error;
    }
  }
}

async function launchOnce({ binary, namespace, yields, lookup }: Launch, plan: LaunchPlan): Promise<LiveServer> {
  const { folder, database, temporary, preferred } = plan;
  const command = await prepareCommand(binary, { folder, database, namespace }, preferred);
  const site = { folder, temporary, yields, environment: lookup.environment };
  const server = await spawnServer(binary, command, site);
  const waiting = new AbortController();
  try {
    await plan.onSpawned?.(server);
    const ready = waitUntilReady(addressOf(command), namespace, waiting.signal);
    const version = await Promise.race([ready, failOnExit(server)]);
    const { args: _, ...ports } = command;
    const stop = reportUnexpectedEnd(server, () =>
      lookup.log?.(`The Temporal server ended by itself; see ${logFile(folder)}.`),
    );
    return { ...ports, origin: binary.origin, version, adopted: false, owned: true, stop };
  } catch (error) {
    waiting.abort();
    await server.stop();
    const reason = error instanceof Error ? error.message : String(error);
    const cause = { cause: error };
    throw new Error(`Cannot start the Temporal server '${binary.path}': ${reason}\n${await logTail(folder)}`, cause);
  }
}

/** Returns what stops the server without a report. */
function reportUnexpectedEnd(server: ServerProcess, report: () => void): () => Promise<void> {
  let expected = false;
  void server.exited.then(() => expected || report());
  return () => {
    expected = true;
    return server.stop();
  };
}

async function failOnExit({ exited }: ServerProcess): Promise<never> {
  throw new Error(`it ended with ${await exited}`);
}

async function logTail(folder: string): Promise<string> {
  const tail = await readTail(folder);
  return tail === '' ? `It wrote nothing to ${logFile(folder)}.` : `The end of ${logFile(folder)}:\n${tail}`;
}
