import { Connection } from '@temporalio/client';
import { loadAgent } from '../agent/load-agent.ts';
import { type Config, readConfig } from '../config.ts';
import { inspectServer } from '../dev-server/inspection/inspect-server.ts';

/** `legato doctor`: what would be used, and what is missing. Starts and changes nothing. Fails where a turn could not run. */
export async function doctor(): Promise<void> {
  const config = readConfig();
  const { dataDir, cacheDir, environment, namespace, temporal } = config;
  const remote = temporal && { address: temporal.address, connect: () => Connection.connect(temporal) };
  const server = await inspectServer({ dataDir, cacheDir, environment, namespace, ...(remote && { remote }) });
  const agent = await inspectAgent(config);
  for (const line of [...server.lines, ...agent.lines, modelLine(config)]) process.stdout.write(`${line}\n`);
  const missing = server.problems.length + agent.problems;
  if (missing > 0)
    throw new Error(`Turns cannot run yet: ${missing} ${missing === 1 ? 'problem' : 'problems'}, see above`);
}

async function inspectAgent({ agent: path }: Config): Promise<{ lines: string[]; problems: number }> {
  try {
    const { name, tools } = await loadAgent(path);
    return {
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

function modelLine({ openai }: Config): string {
  if (!openai) return 'Model, voice       scripted; set OPENAI_API_KEY for real ones';
  return `Model, voice       ${openai.baseURL ?? 'OpenAI'}`;
}
