import type { Agent } from '../agent/agent.ts';
import type { CallError, Json } from '../contract/items.ts';
import type { PlannedCall } from '../contract/rounds.ts';
import type { ReplyCall } from './model-reply.ts';

/** Longest text of arguments that are not JSON that is kept for the record. */
const KEPT_CHARS = 1000;

/** Checks the calls that a model made before anything runs: each gets its policy, or the fault that the model is told. */
export function checkCalls(agent: Agent, calls: readonly ReplyCall[]): readonly PlannedCall[] {
  return calls.map((call) => checkCall(agent, call));
}

function checkCall(agent: Agent, call: ReplyCall): PlannedCall {
  const name = toName(call.name);
  const tool = agent.tools.get(name);
  const args = parse(call.arguments);
  if (args === undefined) {
    const message = 'The arguments are not JSON; send one JSON object';
    return { name, arguments: call.arguments.slice(0, KEPT_CHARS), fault: { kind: 'invalid_arguments', message } };
  }
  if (!tool) return { name, arguments: args, fault: unknownTool(agent) };
  const checked = tool.checkArguments(args);
  return checked.ok ? { name, arguments: args, policy: tool.policy } : { name, arguments: args, fault: checked.error };
}

function unknownTool(agent: Agent): CallError {
  const names = [...agent.tools.keys()].join(', ');
  const message = names ? `There is no such tool; there are: ${names}` : 'There are no tools; answer in words';
  return { kind: 'unknown_tool', message };
}

/** A name that providers take back in a later request, whatever the model invented. */
function toName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64) || 'unnamed';
}

function parse(text: string): Json | undefined {
  try {
    return text.trim() === '' ? {} : (JSON.parse(text) as Json);
  } catch {
    return undefined; // the caller answers it with a fault
  }
}
