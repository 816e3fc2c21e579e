import type { Agent } from '../agent/agent.ts';
import type { Config } from '../config.ts';

type Models = Pick<Agent, 'model' | 'modelObject' | 'fallbackModels'>;

/** The first model of an agent that is named by a string, and asked over the OpenAI wire. Undefined where all are of AI SDK providers. */
export function namedModel({ model, modelObject, fallbackModels }: Models): string | undefined {
  return modelObject ? fallbackModels.find(({ object }) => !object)?.model : model;
}

/** What to do where an agent needs a server for its models or its voice that nothing is configured for. */
export function missingServer(
  agent: Models & Pick<Agent, 'voice' | 'speech' | 'fallbackVoice'>,
  { missing }: Pick<Config, 'missing'>,
): string | undefined {
  const named = namedModel(agent);
  if (missing.model !== undefined && named !== undefined) {
    return `${missing.model}. It is for the model '${named}', which is named by a string; a language model of an AI SDK provider needs no such key`;
  }
  const { voice, speech, fallbackVoice: second } = agent;
  if (missing.voice !== undefined && !speech) return forVoice(missing.voice, `voice '${voice}'`);
  if (missing.fallbackVoice === undefined || !second || second.speech) return undefined;
  return forVoice(missing.fallbackVoice, `fallback voice '${second.name}'`);
}

function forVoice(missing: string, which: string): string {
  return `${missing}. It is for the ${which}; a voice of your own needs no such key`;
}
