import { createAiSdkModel } from '../../providers/ai-sdk/model.ts';
import { type AiSdkModel, isAiSdkModel } from '../../providers/ai-sdk/model-object.ts';
import type { LanguageModel } from '../../providers/model.ts';
import { createOpenAIClient } from '../../providers/openai/client.ts';
import { createOpenAIModel } from '../../providers/openai/model.ts';

/** A model on a server that speaks the OpenAI wire. */
export interface WireModel {
  readonly model: string;
  readonly apiKey: string;
  /** Default: OpenAI's own. */
  readonly baseURL?: string;
}

/** A model on the OpenAI wire, one of an AI SDK provider, or one of the test's own. */
export type JudgingModel = WireModel | AiSdkModel | LanguageModel;

/** The model, and the name by which it is asked. */
export function toLanguageModel(model: JudgingModel): { readonly model: LanguageModel; readonly name: string } {
  if ('reply' in model) return { model, name: 'judge' };
  if (isAiSdkModel(model)) return { model: createAiSdkModel(model), name: model.modelId };
  const { model: name, ...server } = model;
  return { model: createOpenAIModel(createOpenAIClient(server)), name };
}

/** For `converse` and `recordReplies`: a real model on the OpenAI wire. The agent's own `model` is the name by which it is asked. */
export function openAIModel(server: Omit<WireModel, 'model'>): LanguageModel {
  return createOpenAIModel(createOpenAIClient(server));
}
