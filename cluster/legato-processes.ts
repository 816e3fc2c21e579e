import { fileURLToPath } from 'node:url';
import type { ClusterProcess } from './cluster-process.ts';
import { quietPorts } from './quiet-ports.ts';
import type { Site } from './site.ts';

export type Variables = Readonly<Record<string, string>>;

/** What a process of Legato is told, from what all of them get: to add to it, or to send its connections through a relay. */
export type VariablesFor = (name: string, given: Variables) => Variables | Promise<Variables>;

export interface FrontEndProcess {
  readonly process: ClusterProcess;
  readonly url: string;
}

interface Told {
  readonly given: Variables;
  readonly variablesFor?: VariablesFor | undefined;
}

const main = fileURLToPath(new URL('../cli/main.ts', import.meta.url));

export async function startFrontEnd(site: Site, name: string, told: Told): Promise<FrontEndProcess> {
  const [port = 0] = await quietPorts(1);
  const url = `http://127.0.0.1:${port}`;
  const env = { ...(await toEnvironment(site, name, told)), HOST: '127.0.0.1', PORT: String(port) };
  const isReady = () => isOk(`${url}/readyz`);
  const serving = site.define({ name, port, ...toCommand('serve'), env, isReady });
  await serving.start();
  return { process: serving, url };
}

/** It listens on no port, and says what it serves when it does. */
export async function startWorker(site: Site, name: string, told: Told): Promise<ClusterProcess> {
  const env = await toEnvironment(site, name, told);
  const isReady = (logged: string) => Promise.resolve(/^Agent /m.test(logged));
  const worker = site.define({ name, ...toCommand('worker'), env, isReady });
  await worker.start();
  return worker;
}

export async function isOk(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false, // nobody listens there yet
  );
}

function toCommand(command: 'serve' | 'worker') {
  return { file: process.execPath, args: ['--conditions=legato-source', main, command] };
}

/** The environment of this process, without what names another Temporal or another place. */
async function toEnvironment(site: Site, name: string, { given, variablesFor }: Told) {
  const { environment } = site.lookup;
  const kept = Object.entries(environment).filter(([variable]) => !/^(TEMPORAL_|HOST$|PORT$)/.test(variable));
  const all = { ...given, LEGATO_DATA: await site.makeFolder('legato') };
  return { ...Object.fromEntries(kept), ...(variablesFor ? await variablesFor(name, all) : all) };
}
