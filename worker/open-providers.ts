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

/** Model and voice of the configuration; from a checkout without a key, those of the scripted server. */
export async function openProviders({ openai }: Pick<Config, 'openai'>): Promise<Providers> {
  if (openai) {
    const client = createOpenAIClient(openai);
    return { ...onClient(client), description: client.baseURL, [Symbol.asyncDispose]: async () => Promise.resolve() };
  }
  // A path and no import: the published package does not contain the scripted server.
  const module = ['..', 'providers', 'scripted', 'main.ts'].join('/');
  const scripted = await startProviderProcess(new URL(module, import.meta.url));
  const client = createOpenAIClient({ apiKey: 'scripted', baseURL: scripted.url });
  return {
    ...onClient(client),
    description: `${scripted.url} (scripted: set OPENAI_API_KEY for a real model)`,
    [Symbol.asyncDispose]: () => scripted[Symbol.asyncDispose](),
  };
}

function onClient(client: ReturnType<typeof createOpenAIClient>): Pick<Providers, 'model' | 'speech'> {
  return { model: createOpenAIModel(client), speech: createOpenAISpeech(client) };
}
