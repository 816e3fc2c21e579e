import type { Agent } from '../../agent/agent.ts';
import { loadAgent } from '../../agent/load-agent.ts';
import type { Config } from '../../config.ts';
import type { Finding } from '../../dev-server/inspection/finding.ts';

interface InspectedAgent {
  readonly agent?: Agent;
  readonly findings: readonly Finding[];
}

/** Loads the agent's module, whose code runs. */
export async function inspectAgent({ agent: path }: Config): Promise<InspectedAgent> {
  const part = 'Agent';
  try {
    const agent = await loadAgent(path);
    const tools = agent.tools.list().map((tool) => tool.name);
    const found = `${agent.name} (${path}), tools: ${tools.join(', ') || 'none'}`;
    return { agent, findings: [{ status: 'ok', part, found }] };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return { findings: [{ status: 'missing', part, found }] };
  }
}
