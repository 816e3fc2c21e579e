// The server of a data folder: its database, log and state file are in `<data folder>/temporal`.
//
// 1. One data folder has one server. Starts are one at a time, under the folder's lock.
// 2. A server is in the state file from the moment it exists, together with its owner.
// 3. One whose owner is dead is adopted, or ended if it does not answer or runs with another binary or other settings.
// 4. A second start beside a live owner shares its server without owning it: the server ends with the first owner.
// 5. A process is ended only if it is the one that was started: its id and its start time agree.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withFolderLock } from '../folder-lock.ts';
import { launchServer, type Launch, type LiveServer } from './launch-server.ts';
import { endProcess, identify, isRunning, type ProcessIdentity } from './process-identity.ts';
import { addressOf, type ServerPorts } from './server-command.ts';
import { endOnExit } from './server-process.ts';
import { fingerprintOf, readState, writeState, type RunningServer, type ServerState } from './server-state.ts';
import { askVersion, waitUntilReady } from '../readiness/wait-until-ready.ts';

export function serverFolder(dataDir: string): string {
  return join(dataDir, 'temporal');
}

export async function startInDataFolder(launch: Launch, dataDir: string): Promise<LiveServer> {
  const folder = serverFolder(dataDir);
  await mkdir(folder, { recursive: true });
  const onWait = () =>
    launch.lookup.log?.(`Another process is starting the Temporal server of '${folder}'; waiting for it.`);
  return withFolderLock(folder, onWait, async () => {
    const state = await readState(folder);
    const fingerprint = await fingerprintOf(launch.binary, launch.namespace);
    const running = state?.running;
    if (running && (await isRunning(running.server))) {
      const reused = await reuse(launch, folder, { state: { ...state, running }, fingerprint });
      if (reused) return reused;
    }
    return launchInFolder(launch, folder, state ? { state, fingerprint } : { fingerprint });
  });
}

type RunningState = ServerState & { running: RunningServer };

async function launchInFolder(launch: Launch, folder: string, site: { state?: ServerState; fingerprint: string }) {
  const { state = {}, fingerprint } = site;
  const owner = await thisProcess();
  const live = await launchServer(launch, {
    ...{ folder, preferred: state, temporary: false, database: { file: join(folder, 'temporal.db') } },
    onSpawned: ({ identity, command }) => {
      const running = { server: identity, owner, origin: launch.binary.origin, fingerprint };
      return writeState(folder, { ...portsOf(command), running });
    },
  });
  return { ...live, stop: () => live.stop().then(() => forgetRunning(folder)) };
}

/** The server of that state, if it can be used. One that cannot be used and that nobody owns is ended. */
async function reuse(launch: Launch, folder: string, site: { state: RunningState; fingerprint: string }) {
  const { state, fingerprint } = site;
  const { server, owner } = state.running;
  const ownerLives = await isRunning(owner);
  const answers = (await askVersion(addressOf(state))) !== undefined;
  if (ownerLives && !answers) throw new Error(inUse(folder, state.running));
  if (ownerLives) return share(launch, state);
  if (answers && state.running.fingerprint === fingerprint) return adopt(launch, folder, state);
  launch.lookup.log?.(`Ending the Temporal server that an earlier run left behind (process ${server.pid}).`);
  await endProcess(server);
  return undefined;
}

async function adopt(launch: Launch, folder: string, state: RunningState): Promise<LiveServer> {
  const { server, origin } = state.running;
  launch.lookup.log?.(`Taking over the Temporal server that an earlier run left behind (process ${server.pid}).`);
  await writeState(folder, { ...state, running: { ...state.running, owner: await thisProcess() } });
  const disarm = endOnExit(server.pid);
  const stop = async () => {
    disarm();
    await endProcess(server);
    await forgetRunning(folder);
  };
  const version = await waitUntilReady(addressOf(state), launch.namespace);
  return { ...portsOf(state), origin, version, adopted: true, owned: true, stop };
}

async function share(launch: Launch, state: RunningState): Promise<LiveServer> {
  const { owner, origin } = state.running;
  launch.lookup.log?.(`Using the Temporal server of process ${owner.pid}; it ends with that process.`);
  const version = await waitUntilReady(addressOf(state), launch.namespace);
  return { ...portsOf(state), origin, version, adopted: true, owned: false, stop: () => Promise.resolve() };
}

/** The ports stay in the state for the next start. */
async function forgetRunning(folder: string): Promise<void> {
  const state = await readState(folder);
  if (!state) return; // the folder was removed
  await writeState(folder, portsOf(state));
}

function portsOf({ ports, uiPort }: ServerPorts): ServerPorts {
  return uiPort === undefined ? { ports } : { ports, uiPort };
}

async function thisProcess(): Promise<ProcessIdentity> {
  const identity = await identify(process.pid);
  if (!identity) throw new Error(`Cannot read the start time of process ${process.pid}: neither /proc nor 'ps' has it`);
  return identity;
}

function inUse(folder: string, { owner, server }: RunningServer): string {
  return (
    `Cannot use the data folder '${folder}': its Temporal server (process ${server.pid}) belongs to process ${owner.pid} ` +
    'and does not answer; end that process, or set LEGATO_DATA to another folder'
  );
}
