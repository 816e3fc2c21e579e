import { fileURLToPath } from 'node:url';
import { serverEnvironment } from '../dev-server/settings.ts';
import type { Variables } from './legato-processes.ts';
import { quietPorts } from './quiet-ports.ts';
import type { Site } from './site.ts';

const main = fileURLToPath(new URL('../providers/scripted/main.ts', import.meta.url));

/** One model and voice for all processes, where there is no key; returns what they are told of it. */
export async function startScriptedProvider(site: Site): Promise<Variables> {
  const [port = 0] = await quietPorts(1);
  const provider = site.define({
    ...{ name: 'scripted-provider', port, file: process.execPath },
    args: ['--conditions=legato-source', main, String(port)],
    env: serverEnvironment(site.lookup.environment),
    isReady: (logged) => Promise.resolve(logged.includes('http')),
  });
  await provider.start();
  return { OPENAI_API_KEY: 'scripted', OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` };
}
