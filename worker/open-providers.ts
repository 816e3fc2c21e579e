import type { Logger } from 'pino';
import type { ModuleGeneration } from '../agent/loading/module-generation.ts';
import { type Config, isInstalled } from '../config.ts';
import type { LanguageModel } from '../providers/model.ts';
import { createOpenAIClient } from '../providers/openai/client.ts';
import { createOpenAIModel } from '../providers/openai/model.ts';
import { createOpenAISpeech } from '../providers/openai/speech.ts';
import { createHummingVoice } from '../providers/replies/hum.ts';
import type { TextToSpeech } from '../providers/text-to-speech.ts';
import { openReplies, type RepliesSetting } from './open-replies.ts';
import { startProviderProcess } from './provider-process.ts';

export interface Providers extends AsyncDisposable {
  /** Rules of the author's are loaded here: as they are now, or as modules of a generation. */
  readonly openModel: (generation?: ModuleGeneration) => Promise<LanguageModel>;
  readonly speech: TextToSpeech;
  /** For fallback voices, where they have a server of their own. */
  readonly fallbackSpeech?: TextToSpeech;
  /** Where the models that are named by a string are, and the voices, for the operator to read. */
  readonly places: { readonly model: string; readonly voices: readonly string[] };
}

type Client = ReturnType<typeof createOpenAIClient>;

export interface ProvidersSetting {
  readonly config: Pick<Config, 'openai' | 'voice' | 'fallbackVoice'>;
  readonly logger: Logger;
  /** Rules that answer where there is no key. */
  readonly replies?: RepliesSetting;
}

/**
 * Models that are named by a string and the voice, by the configuration; where there is no key, rules and a hum, or from a checkout
 * the scripted server's.
 */
export async function openProviders(setting: ProvidersSetting): Promise<Providers> {
  await using stack = new AsyncDisposableStack();
  const scripted = isScripted(setting) ? stack.use(await startScripted()) : undefined;
  const clientOf = createClients(scripted?.url);
  const { openModel, place } = openNamed(clientOf, setting);
  const spoken = openSpoken(clientOf, setting);
  const parts = stack.move();
  return {
    openModel,
    ...withFallback(spoken, place, openFallback(clientOf, setting)),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

function isScripted({ config: { openai, voice }, replies }: ProvidersSetting): boolean {
  return !isInstalled && (!voice || (!openai && !replies));
}

function openNamed(clientOf: ReturnType<typeof createClients>, setting: ProvidersSetting): OpenModel {
  const { config, replies } = setting;
  if (!config.openai && replies) return createByRules(replies);
  return config.openai || !isInstalled ? createModel(clientOf(config.openai), setting) : NO_MODEL;
}

function openSpoken(clientOf: ReturnType<typeof createClients>, setting: ProvidersSetting): OpenSpeech {
  const { voice } = setting.config;
  if (!voice && isInstalled) return { speech: createHummingVoice(), place: 'a hum' };
  return openSpeech(clientOf(voice), voice, setting);
}

function openFallback(clientOf: ReturnType<typeof createClients>, setting: ProvidersSetting): OpenSpeech | undefined {
  const { fallbackVoice } = setting.config;
  return fallbackVoice && openSpeech(clientOf(fallbackVoice), fallbackVoice, setting);
}

function withFallback(spoken: OpenSpeech, model: string, fallback: OpenSpeech | undefined) {
  const places = { model, voices: [spoken.place, ...(fallback ? [fallback.place] : [])] };
  return { speech: spoken.speech, ...(fallback && { fallbackSpeech: fallback.speech }), places };
}

type OpenModel = Pick<Providers, 'openModel'> & { readonly place: string };
type OpenSpeech = Pick<Providers, 'speech'> & { readonly place: string };

/** For agents whose models are all of AI SDK providers. */
const NO_MODEL: OpenModel = {
  openModel: () => Promise.reject(new Error('OPENAI_API_KEY is missing; set it to a key')),
  place: 'none',
};

function createByRules(replies: RepliesSetting): OpenModel {
  return {
    openModel: (generation) => openReplies(replies, generation),
    place: `rules of ${replies.path} (set OPENAI_API_KEY for a real model)`,
  };
}

function createModel(client: Client, { config, logger }: ProvidersSetting): OpenModel {
  const model = createOpenAIModel(client, {
    onRefused: (named, parameter) =>
      logger.warn({ model: named, parameter }, 'The model refuses a parameter; it is left out from now on'),
  });
  return { openModel: () => Promise.resolve(model), place: placeOf(client, config.openai) };
}

function openSpeech(client: Client, voice: Config['voice'], { config, logger }: ProvidersSetting): OpenSpeech {
  const speech = createOpenAISpeech(client, {
    ...(voice?.model !== undefined && { model: voice.model }),
    isFallback: voice !== undefined && voice === config.fallbackVoice,
    onRefused: (model, parameter) =>
      logger.warn({ model, parameter }, 'The speech model refuses a parameter; it gets what it takes from now on'),
  });
  return { speech, place: placeOf(client, voice) };
}

/** One client for each server and key; without a configured server, for the scripted one. */
function createClients(scriptedUrl: string | undefined): (server: Config['openai']) => Client {
  const clients = new Map<string, Client>();
  return (server) => {
    const { apiKey, baseURL } = server ?? { apiKey: 'scripted', baseURL: scriptedUrl };
    const key = JSON.stringify([apiKey, baseURL]);
    const client = clients.get(key) ?? createOpenAIClient({ apiKey, ...(baseURL !== undefined && { baseURL }) });
    clients.set(key, client);
    return client;
  };
}

function startScripted() {
  // A path and no import: the published package does not contain the scripted server.
  const module = ['..', 'providers', 'scripted', 'main.ts'].join('/');
  return startProviderProcess(new URL(module, import.meta.url));
}

function placeOf({ baseURL }: Client, configured: object | undefined): string {
  return configured ? baseURL : `${baseURL} (scripted: set OPENAI_API_KEY for a real model)`;
}
