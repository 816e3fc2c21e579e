import { resolve } from 'node:path';
import { Connection } from '@temporalio/client';
import { builtServerPath } from '../binary/build-server.ts';
import { serverVersion } from '../binary/go-build.ts';
import { serverFolder } from '../launch/data-folder.ts';
import { dynamicConfigPath, readDynamicConfig } from '../dynamic-config.ts';
import { hasNamespace } from '../readiness/ensure-namespace.ts';
import { hasSearchAttributes } from '../readiness/ensure-search-attributes.ts';
import type { Ensured, TemporalServices } from '../readiness/ensured.ts';
import { messageOf } from '../../record/grpc-status.ts';
import { findServer } from '../binary/locate-server.ts';
import { isRunning } from '../launch/process-identity.ts';
import { addressOf } from '../launch/server-command.ts';
import { findCommand } from '../binary/server-binary.ts';
import { readState } from '../launch/server-state.ts';
import { defaultNamespace, type ServerLookup } from '../settings.ts';
import { type ServerInspection, toFindings } from './to-findings.ts';

export interface InspectOptions extends ServerLookup {
  dataDir: string;
  namespace?: string;
  /** The server that the configuration names; absent: the embedded one. */
  remote?: { address: string; connect: () => Promise<InspectedConnection> };
}

export interface InspectedConnection extends TemporalServices {
  close: () => Promise<void>;
}

type Found = Omit<ServerInspection, 'findings' | 'dynamicConfig' | 'namespace'>;

/** Looks at the server that would be used, starting and changing nothing. */
export async function inspectServer(options: InspectOptions): Promise<ServerInspection> {
  const { namespace = defaultNamespace, remote } = options;
  const found = remote ? await inspectRemote(remote, namespace) : await inspectEmbedded(options, namespace);
  const settings = await readDynamicConfig();
  const dynamicConfig = { path: dynamicConfigPath, settings, inForce: found.way !== 'address' };
  const inspection = { ...found, namespace, dynamicConfig };
  return { ...inspection, findings: toFindings(inspection) };
}

async function inspectRemote(remote: NonNullable<InspectOptions['remote']>, namespace: string): Promise<Found> {
  const found = { way: 'address', address: remote.address } as const;
  return { ...found, ...(await ask(remote.address, remote.connect, namespace)) };
}

async function inspectEmbedded(options: InspectOptions, namespace: string): Promise<Found> {
  const found = await inspectBinary(options);
  const state = await readState(serverFolder(resolve(options.dataDir)));
  if (!state?.running || !(await isRunning(state.running.server))) return found;
  const address = addressOf(state);
  const answer = await ask(address, () => Connection.connect({ address }), namespace);
  const ui = state.uiPort === undefined ? {} : { uiUrl: `http://127.0.0.1:${state.uiPort}` };
  return { ...found, ...ui, address, ...answer, problems: [...found.problems, ...answer.problems] };
}

async function inspectBinary(lookup: ServerLookup): Promise<Found> {
  const { binary, passedOver } = await findServer(lookup);
  if (binary) return { way: binary.origin, command: binary.path, commandVersion: binary.version, problems: [] };
  const go = await findCommand('go', lookup.environment.PATH);
  const path = builtServerPath(lookup.cacheDir);
  if (go) return { way: 'to-build', command: path, commandVersion: serverVersion, problems: [] };
  return { way: 'none', problems: [`No Temporal server: ${passedOver.join('; ')}; no 'go' command to build one.`] };
}

async function ask(address: string, connect: () => Promise<InspectedConnection>, namespace: string) {
  let connection: InspectedConnection | undefined;
  try {
    connection = await connect();
    const { serverVersion: version } = await connection.workflowService.getSystemInfo({});
    const found = await hasNamespace(connection, namespace);
    const searchAttributes = await hasSearchAttributes(connection, namespace);
    const problems = [problemOf('Namespace', found), problemOf('Search attributes', searchAttributes)];
    return {
      answer: { version, namespace: found, searchAttributes },
      problems: problems.filter((text) => text !== ''),
    };
  } catch (error) {
    return { problems: [`The Temporal server at ${address} does not answer: ${messageOf(error)}.`] };
  } finally {
    await connection?.close();
  }
}

function problemOf(what: string, { missing, refusal }: Ensured): string {
  if (missing.length === 0) return '';
  const why = refusal === undefined ? '' : ` (${refusal})`;
  return `${what} not seen on the server: ${missing.join(', ')}${why}.`;
}
