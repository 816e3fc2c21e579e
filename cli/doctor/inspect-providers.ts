import type { Agent } from '../../agent/agent.ts';
import { loadReplies } from '../../agent/load-replies.ts';
import { type Config, isInstalled } from '../../config.ts';
import type { Finding } from '../../dev-server/inspection/finding.ts';
import { findReplies } from '../find-replies.ts';
import type { AiSdkModel } from '../../providers/ai-sdk/model-object.ts';
import { namedModel } from '../../worker/missing-servers.ts';
import { checkProvider } from '../../worker/check-provider.ts';

const FALLBACK = 'Fallback model';

/** Where model and voice are, and whether their keys are accepted. */
export async function inspectProviders(config: Config, agent: Agent | undefined): Promise<readonly Finding[]> {
  const models = await inspectModels(config, agent);
  return [...models, await inspectVoice(config, agent), ...(await inspectFallbackVoice(config, agent))];
}

async function inspectModels(config: Config, agent: Agent | undefined): Promise<readonly Finding[]> {
  const { modelObject, fallbackModels = [] } = agent ?? {};
  const named = await inspectNamed(config, agent);
  const own = modelObject && inspectObject(modelObject);
  const first = own ? [own, ...named.map((finding) => ({ ...finding, part: FALLBACK }))] : named;
  const others = fallbackModels.flatMap(({ object }) => (object ? inspectObject(object) : []));
  return [...first, ...others.map((finding) => ({ ...finding, part: FALLBACK }))];
}

/** Where its models are that are named by a string, if there are any. Without an agent nobody knows, and most likely there are. */
async function inspectNamed(config: Config, agent: Agent | undefined): Promise<readonly Finding[]> {
  const { openai, missing } = config;
  const name = agent && namedModel(agent);
  if (agent && name === undefined) return [];
  const replies = openai ? undefined : findReplies(config);
  if (replies !== undefined) return [await inspectReplies(replies)];
  return [await inspectProvider('Model', openai, { name, key: 'OPENAI_API_KEY', missingKey: missing.model })];
}

/** Its package knows where it is and with which key: what it costs to try is the author's to decide. */
function inspectObject({ provider, modelId }: AiSdkModel): Finding {
  const found = `${provider} (${modelId}), by its AI SDK provider; whether its key is accepted shows in the first turn`;
  return { status: 'ok', part: 'Model', found };
}

async function inspectVoice(config: Config, agent: Agent | undefined): Promise<Finding> {
  const { voice, missing } = config;
  if (agent?.speech) return { status: 'ok', part: 'Voice', found: "the agent's own" };
  const isNeeded = agent === undefined || namedModel(agent) !== undefined;
  return inspectProvider('Voice', voice, {
    ...namedVoice(agent?.voice, voice?.model),
    key: voiceKey(config),
    missingKey: isNeeded ? missing.model : undefined,
  });
}

/** The variable with the key of the voice. */
function voiceKey({ openai, voice }: Config): string {
  return voice?.apiKey !== openai?.apiKey ? 'LEGATO_VOICE_API_KEY' : 'OPENAI_API_KEY';
}

async function inspectFallbackVoice(config: Config, agent: Agent | undefined): Promise<readonly Finding[]> {
  const { voice, fallbackVoice: own } = config;
  const part = 'Fallback voice';
  const named = agent?.fallbackVoice;
  if (!named) return [];
  if (named.speech) return [{ status: 'ok', part, found: "the agent's own" }];
  const server = own ?? voice;
  const key = own && own.apiKey !== voice?.apiKey ? 'LEGATO_FALLBACK_VOICE_API_KEY' : voiceKey(config);
  return [
    await inspectProvider(part, server, { ...namedVoice(named.name, server?.model), key, missingKey: undefined }),
  ];
}

function namedVoice(voice: string | undefined, model = 'gpt-4o-mini-tts'): Pick<Named, 'name' | 'voice'> {
  return voice === undefined ? { name: undefined } : { name: `${voice}, ${model}`, voice };
}

async function inspectReplies(path: string): Promise<Finding> {
  const part = 'Model';
  try {
    const { length } = await loadReplies(path);
    const found = `the ${length} rules of ${path}, for 'legato dev'; set OPENAI_API_KEY for a real model`;
    return { status: 'ok', part, found };
  } catch (error) {
    return { status: 'missing', part, found: error instanceof Error ? error.message : String(error) };
  }
}

interface Named {
  readonly name: string | undefined;
  /** Whether the server has it is looked at where it says so. */
  readonly voice?: string;
  /** The variable with its key. */
  readonly key: string;
  readonly missingKey: string | undefined;
}

async function inspectProvider(
  part: string,
  server: Config['openai'],
  { name, voice, key, missingKey }: Named,
): Promise<Finding> {
  if (!server && missingKey !== undefined) return { status: 'missing', part, found: missingKey };
  if (!server) return { status: 'ok', part, found: `${isInstalled ? 'a hum' : 'scripted'}; set ${key} for a real one` };
  const { found, isProblem } = await checkProvider(server, { key, ...(voice !== undefined && { voice }) });
  const where = `${server.baseURL ?? 'OpenAI'}${name === undefined ? '' : ` (${name})`}`;
  return { status: isProblem ? 'missing' : 'ok', part, found: `${where}, ${found}` };
}
