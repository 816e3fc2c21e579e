import type { Agent } from '../../agent/agent.ts';
import { loadAgent } from '../../agent/load-agent.ts';
import type { Config } from '../../config.ts';
import { missingPayloadKeys } from '../../worker/missing-payload-keys.ts';
import type { Finding } from '../../dev-server/inspection/finding.ts';

interface InspectedAgent {
  readonly agent?: Agent;
  readonly findings: readonly Finding[];
}

/** Loads the agent's module, whose code runs. */
export async function inspectAgent(config: Config): Promise<InspectedAgent> {
  const { agent: path } = config;
  const part = 'Agent';
  try {
    const agent = await loadAgent(path);
    const tools = agent.tools.list().map((tool) => tool.name);
    const found = `${agent.name} (${path}), tools: ${tools.join(', ') || 'none'}`;
    return { agent, findings: [{ status: 'ok', part, found }, ...inspectPayloadKeys(agent, config)] };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return { findings: [{ status: 'missing', part, found }] };
  }
}

/** Their ids, never a key. */
function inspectPayloadKeys(agent: Agent, { payloadKeys }: Config): readonly Finding[] {
  const part = 'Payload keys';
  const missing = missingPayloadKeys(agent, { payloadKeys });
  if (missing !== undefined) return [{ status: 'missing', part, found: missing }];
  if (payloadKeys.length === 0) return [];
  const ids = payloadKeys.map(({ id }, index) => (index === 0 ? `${id} (encrypts)` : id));
  return [{ status: 'ok', part, found: ids.join(', ') }];
}
