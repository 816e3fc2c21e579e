import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { LanguageModel } from '../providers/model.ts';
import { createOpenAIClient } from '../providers/openai/client.ts';
import { createOpenAIModel } from '../providers/openai/model.ts';
import { createOpenAISpeech } from '../providers/openai/speech.ts';
import type { TextToSpeech } from '../providers/text-to-speech.ts';
import { startProviderProcess } from './provider-process.ts';

export interface Providers extends AsyncDisposable {
  readonly model: LanguageModel;
  readonly speech: TextToSpeech;
  /** Where model and voice are, for the operator to read. */
  readonly description: string;
}

type Client = ReturnType<typeof createOpenAIClient>;

/** Model and voice of the configuration; from a checkout those of the scripted server, where there is no key. */
export async function openProviders(
  { openai, voice }: Pick<Config, 'openai' | 'voice'>,
  logger: Logger,
): Promise<Providers> {
  await using stack = new AsyncDisposableStack();
  const scripted = openai && voice ? undefined : stack.use(await startScripted());
  const clients = new Map<string, Client>();
  const clientOf = (server: Config['openai']): Client => {
    const { apiKey, baseURL } = server ?? { apiKey: 'scripted', ...(scripted && { baseURL: scripted.url }) };
    const key = JSON.stringify([apiKey, baseURL]);
    const client = clients.get(key) ?? createOpenAIClient({ apiKey, ...(baseURL !== undefined && { baseURL }) });
    clients.set(key, client);
    return client;
  };
  const [forModel, forVoice] = [clientOf(openai), clientOf(voice)];
  const places = [place(forModel, openai), place(forVoice, voice)];
  const parts = stack.move();
  return {
    model: createOpenAIModel(forModel, {
      onRefused: (named, parameter) =>
        logger.warn({ model: named, parameter }, 'The model refuses a parameter; it is left out from now on'),
    }),
    speech: createOpenAISpeech(forVoice, voice?.model === undefined ? {} : { model: voice.model }),
    description: [...new Set(places)].join(', '),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

function startScripted() {
  // A path and no import: the published package does not contain the scripted server.
  const module = ['..', 'providers', 'scripted', 'main.ts'].join('/');
  return startProviderProcess(new URL(module, import.meta.url));
}

function place({ baseURL }: Client, configured: object | undefined): string {
  return configured ? baseURL : `${baseURL} (scripted: set OPENAI_API_KEY for a real model)`;
}
