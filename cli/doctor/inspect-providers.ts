import type { Agent } from '../../agent/agent.ts';
import { loadReplies } from '../../agent/load-replies.ts';
import { type Config, isInstalled } from '../../config.ts';
import type { Finding } from '../../dev-server/inspection/finding.ts';
import { findReplies } from '../find-replies.ts';
import { checkProvider } from '../../worker/check-provider.ts';

/** Where model and voice are, and whether their keys are accepted. `missingKey`: what to do where there is none. */
export async function inspectProviders(
  config: Config,
  agent: Agent | undefined,
  missingKey: string | undefined,
): Promise<readonly Finding[]> {
  const { openai, voice } = config;
  const replies = openai ? undefined : findReplies(config);
  const model =
    replies === undefined
      ? await inspectProvider('Model', openai, { name: agent?.model, key: 'OPENAI_API_KEY', missingKey })
      : await inspectReplies(replies);
  if (agent?.speech) return [model, { status: 'ok', part: 'Voice', found: "the agent's own" }];
  const key = voice?.apiKey !== openai?.apiKey ? 'LEGATO_VOICE_API_KEY' : 'OPENAI_API_KEY';
  const name = agent && `${agent.voice}, ${voice?.model ?? 'gpt-4o-mini-tts'}`;
  return [model, await inspectProvider('Voice', voice, { name, key, missingKey })];
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
  /** The variable with its key. */
  readonly key: string;
  readonly missingKey: string | undefined;
}

async function inspectProvider(
  part: string,
  server: Config['openai'],
  { name, key, missingKey }: Named,
): Promise<Finding> {
  if (!server && missingKey !== undefined) return { status: 'missing', part, found: missingKey };
  if (!server) return { status: 'ok', part, found: `${isInstalled ? 'a hum' : 'scripted'}; set ${key} for a real one` };
  const { found, isProblem } = await checkProvider(server, key);
  const where = `${server.baseURL ?? 'OpenAI'}${name === undefined ? '' : ` (${name})`}`;
  return { status: isProblem ? 'missing' : 'ok', part, found: `${where}, ${found}` };
}
