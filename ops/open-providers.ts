import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config.ts';
import type { LanguageModel } from '../providers/model.ts';
import { createOpenAIClient } from '../providers/openai/client.ts';
import { createOpenAIModel } from '../providers/openai/model.ts';
import { createOpenAISpeech } from '../providers/openai/speech.ts';
import type { TextToSpeech } from '../providers/text-to-speech.ts';

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
  const scripted = await startScripted();
  const client = createOpenAIClient({ apiKey: 'scripted', baseURL: scripted.url });
  return {
    ...onClient(client),
    description: `${scripted.url} (scripted: set OPENAI_API_KEY for a real model)`,
    [Symbol.asyncDispose]: scripted.stop,
  };
}

function onClient(client: ReturnType<typeof createOpenAIClient>): Pick<Providers, 'model' | 'speech'> {
  return { model: createOpenAIModel(client), speech: createOpenAISpeech(client) };
}

/**
 * In a process of its own, so that synthesis takes no time from turns, and in a group of its own, so that an interrupt
 * from the terminal does not end it before the turns that need it. It ends when this process does.
 */
async function startScripted(): Promise<{ url: string; stop: () => Promise<void> }> {
  const module = fileURLToPath(new URL('../providers/scripted/main.ts', import.meta.url));
  const child = fork(module, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], detached: true });
  const exited = once(child, 'exit');
  const failed = exited.then(() => {
    throw new Error('Cannot start the scripted server: it ended at once; set OPENAI_API_KEY to do without it');
  });
  failed.catch(() => undefined); // Later it ends because it is told to.
  const [line] = (await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), failed])) as [Buffer];
  const stop = async (): Promise<void> => {
    if (child.connected) child.disconnect();
    await exited;
  };
  return { url: line.toString().trim(), stop };
}
