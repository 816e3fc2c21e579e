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

/** A model on the OpenAI wire, or one of the test's own. */
export type JudgingModel = WireModel | LanguageModel;

/** The model, and the name by which it is asked. */
export function toLanguageModel(model: JudgingModel): { readonly model: LanguageModel; readonly name: string } {
  if ('reply' in model) return { model, name: 'judge' };
  const { model: name, ...server } = model;
  return { model: createOpenAIModel(createOpenAIClient(server)), name };
}

/** For `converse` and `recordReplies`: a real model. The agent's own `model` is the name by which it is asked. */
export function openAIModel(server: Omit<WireModel, 'model'>): LanguageModel {
  return createOpenAIModel(createOpenAIClient(server));
}
