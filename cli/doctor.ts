import { Connection } from '@temporalio/client';
import type { Agent } from '../agent/agent.ts';
import { loadAgent } from '../agent/load-agent.ts';
import { type Config, readConfig } from '../config.ts';
import { checkProvider } from '../worker/check-provider.ts';
import { inspectServer } from '../dev-server/inspection/inspect-server.ts';

/** `legato doctor`: what would be used, and what is missing. Starts and changes nothing. Fails where a turn could not run. */
export async function doctor(): Promise<void> {
  const config = readConfig();
  const { dataDir, cacheDir, environment, namespace, temporal } = config;
  const remote = temporal && { address: temporal.address, connect: () => Connection.connect(temporal) };
  const server = await inspectServer({ dataDir, cacheDir, environment, namespace, ...(remote && { remote }) });
  const agent = await inspectAgent(config);
  const providers = await inspectProviders(config, agent.loaded);
  for (const line of [...server.lines, ...agent.lines, ...providers.lines, callersOf(config)])
    process.stdout.write(`${line}\n`);
  const missing = server.problems.length + agent.problems + providers.problems;
  if (missing > 0)
    throw new Error(`Turns cannot run yet: ${missing} ${missing === 1 ? 'problem' : 'problems'}, see above`);
}

async function inspectAgent({ agent: path }: Config): Promise<Inspected & { readonly loaded?: Agent }> {
  try {
    const loaded = await loadAgent(path);
    const { name, tools } = loaded;
    return {
      loaded,
      lines: [
        `Agent              ${name} (${path}), tools: ${
          tools
            .list()
            .map((tool) => tool.name)
            .join(', ') || 'none'
        }`,
      ],
      problems: 0,
    };
  } catch (error) {
    return { lines: [`Problem: ${error instanceof Error ? error.message : String(error)}`], problems: 1 };
  }
}

function callersOf({ apiKeys, corsOrigins }: Config): string {
  const keys =
    apiKeys.length === 0 ? 'programs of this machine, without a key' : apiKeys.map(({ name }) => name).join(', ');
  const pages = corsOrigins.length === 0 ? '' : `; pages of ${corsOrigins.join(', ')}`;
  return `Callers            ${keys}${pages}`;
}

interface Inspected {
  readonly lines: readonly string[];
  readonly problems: number;
}

/** Where model and voice are, and whether their keys are accepted. */
async function inspectProviders(config: Config, agent: Agent | undefined): Promise<Inspected> {
  const { openai, voice } = config;
  const isOwnKey = voice?.apiKey !== openai?.apiKey;
  const model = await inspectProvider('Model', openai, { name: agent?.model, key: 'OPENAI_API_KEY' });
  if (agent?.speech) return { ...model, lines: [...model.lines, "Voice              the agent's own"] };
  const name = agent && `${agent.voice}, ${voice?.model ?? 'gpt-4o-mini-tts'}`;
  const key = isOwnKey ? 'LEGATO_VOICE_API_KEY' : 'OPENAI_API_KEY';
  const spoken = await inspectProvider('Voice', voice, { name, key });
  return { lines: [...model.lines, ...spoken.lines], problems: model.problems + spoken.problems };
}

interface Named {
  readonly name: string | undefined;
  /** The variable with its key. */
  readonly key: string;
}

async function inspectProvider(part: string, server: Config['openai'], { name, key }: Named): Promise<Inspected> {
  const start = part.padEnd(19);
  if (!server) return { lines: [`${start}scripted; set ${key} for a real one`], problems: 0 };
  const { found, isProblem } = await checkProvider(server, key);
  const where = `${server.baseURL ?? 'OpenAI'}${name === undefined ? '' : ` (${name})`}`;
  return isProblem
    ? { lines: [`${start}${where}`, `Problem: ${part.toLowerCase()}: ${found}`], problems: 1 }
    : { lines: [`${start}${where}, ${found}`], problems: 0 };
}
