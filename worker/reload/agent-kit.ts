import type { Logger } from 'pino';
import type { Agent } from '../../agent/agent.ts';
import { loadAgent } from '../../agent/load-agent.ts';
import type { ModuleGeneration } from '../../agent/loading/module-generation.ts';
import type { Config } from '../../config.ts';
import type { AuthorCode } from '../../live/calls/author-code.ts';
import type { Voice } from '../../live/speech/synthesise.ts';
import type { StepDependencies } from '../../live/turns/home-steps.ts';
import type { LanguageModel } from '../../providers/model.ts';
import type { TextToSpeech } from '../../providers/text-to-speech.ts';
import { createToolLines } from '../log/tool-lines.ts';
import { missingPayloadKeys } from '../missing-payload-keys.ts';
import { missingServer, namedModel } from '../missing-servers.ts';
import { openVoice, type VoiceMeter } from '../open-voice.ts';
import { createSteps } from '../step-dependencies.ts';
import type { OnStray } from '../watch/stray-errors.ts';

export interface KitSetting {
  /** Path of the agent's module. */
  readonly path: string;
  /** Of the configuration: what to do where the agent needs a server that is not there. */
  readonly missing: Config['missing'];
  /** For secret metadata. */
  readonly payloadKeys: Config['payloadKeys'];
  /** The model of a kit, whose rules, if it has some, belong to the generation of its agent. */
  readonly openModel: (generation?: ModuleGeneration) => Promise<LanguageModel>;
  /** For an agent without a voice of its own. */
  readonly speech: TextToSpeech;
  /** For its fallback voice. */
  readonly fallbackSpeech?: TextToSpeech;
  readonly voiceMeter?: VoiceMeter;
  readonly authors: AuthorCode;
  readonly onStray: OnStray;
  readonly logger: Logger;
}

/** An agent and what its turns are played with, from their first step to their last. */
export interface AgentKit {
  readonly agent: Agent;
  readonly voice: Voice;
  readonly steps: StepDependencies;
  /** Lets run what still runs on its threads, and ends them. */
  readonly retire: () => Promise<void>;
  /** Ends its threads. */
  readonly close: () => Promise<void>;
}

/** What an author's files say, at one time. */
export interface LoadedAgent {
  readonly agent: Agent;
  /** For those of its models that are named by a string, if there are any. */
  readonly model: LanguageModel | undefined;
}

/**
 * Loads the agent, and its rules if they are its model. Throws an Error that says what is wrong with a module, or that the agent
 * needs keys or a server.
 */
export async function loadOf(
  { path, authors, openModel, ...configured }: KitSetting,
  generation?: ModuleGeneration,
): Promise<LoadedAgent> {
  const agent = await authors.follow({}, () => loadAgent(path, generation));
  const missing = missingPayloadKeys(agent, configured) ?? missingServer(agent, configured);
  if (missing !== undefined) throw new Error(missing);
  return { agent, model: namedModel(agent) === undefined ? undefined : await openModel(generation) };
}

/** Opens what turns of an agent need. `before`: the kit that it takes the place of. */
export function openKit(
  setting: KitSetting,
  { agent, model }: LoadedAgent,
  { generation, before }: { readonly generation?: ModuleGeneration; readonly before?: AgentKit } = {},
): AgentKit {
  const { path, ...rest } = setting;
  const onLogged = createToolLines(setting.logger);
  const parts = createSteps({ ...rest, agent, model, agentPath: path, onLogged, ...(generation && { generation }) });
  const close = async (): Promise<void> => {
    await parts[Symbol.asyncDispose]();
    generation?.end();
  };
  return {
    agent,
    // Each voice synthesises the apology once, which may cost money.
    voice: before && hasSameVoice(agent, before.agent) ? before.voice : openVoice({ ...setting, agent }),
    steps: parts.steps,
    retire: async () => {
      await parts.whenIdle();
      await close();
    },
    close,
  };
}

function hasSameVoice(one: Agent, other: Agent): boolean {
  const hasOwn = [one, other].some(({ speech, fallbackVoice }) => speech ?? fallbackVoice?.speech);
  return !hasOwn && mannerOf(one) === mannerOf(other);
}

function mannerOf({ voice, fallbackVoice, voiceText, pronounce, terms, ...agent }: Agent): string {
  const { voiceSpeed, voiceInstructions, language } = agent;
  const said = pronounce.map(([written, spoken]) => [String(written), spoken]);
  return JSON.stringify([
    voice,
    fallbackVoice?.name,
    voiceSpeed,
    voiceInstructions,
    language,
    voiceText,
    said,
    terms.apology,
  ]);
}
