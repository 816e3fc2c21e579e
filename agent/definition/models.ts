import { type AiSdkModel, isAiSdkModel } from '../../providers/ai-sdk/model-object.ts';
import type { Agent, ModelChoice } from '../agent.ts';
import type { AgentOptions, FallbackModel } from '../agent-options.ts';
import { withoutUndefined } from './option-rules.ts';

type Models = Pick<Agent, 'model' | 'modelObject' | 'fallbackModels'>;

/** The models of a definition without faults. */
export function toModels({ model, fallbackModel = [], ...options }: AgentOptions): Models {
  const { reasoningEffort, temperature, maxTokens } = options;
  const shared = withoutUndefined({ reasoningEffort, temperature, maxTokens });
  const fallbacks = [fallbackModel].flat() as readonly FallbackModel[];
  const { model: name, object } = toChoice(model);
  return {
    model: name,
    ...(object && { modelObject: object }),
    fallbackModels: fallbacks.map((given) => {
      if (typeof given === 'string' || isAiSdkModel(given)) return { ...toChoice(given), ...shared };
      const { model: own, ...parameters } = given;
      return { ...toChoice(own), ...parameters };
    }),
  };
}

function toChoice(given: string | AiSdkModel): Pick<ModelChoice, 'model' | 'object'> {
  return typeof given === 'string' ? { model: given } : { model: given.modelId, object: given };
}
