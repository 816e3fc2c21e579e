import { propertiesOf } from '../json-schema.ts';
import type { ModelTool } from '../model.ts';
import type { AiSdkModel } from './model-object.ts';

interface Rule {
  /** Of provider and model. */
  readonly of: RegExp;
  readonly fault: (tool: Pick<ModelTool, 'name' | 'parameters'>) => string | undefined;
}

/** Source: the error "Property keys should match pattern" of the Messages API. */
const CLAUDE_PROPERTY = /^[a-zA-Z0-9_.-]{1,64}$/;
/** Source: `FunctionDeclaration.name` in the reference of the Gemini API. */
const GEMINI_NAME = /^[a-zA-Z_]/;

/** What providers refuse a whole request for. Whatever else a schema says their packages put into a form that they take. */
const RULES: readonly Rule[] = [
  {
    of: /anthropic|claude/i,
    fault: ({ parameters }) => {
      const unfit = Object.keys(propertiesOf(parameters)).find((name) => !CLAUDE_PROPERTY.test(name));
      if (unfit === undefined) return undefined;
      return `its argument '${unfit}' must have a name of 1 to 64 letters, digits, underscores, dots and hyphens; rename it`;
    },
  },
  {
    of: /google|gemini/i,
    fault: ({ name }) =>
      GEMINI_NAME.test(name) ? undefined : 'its name must begin with a letter or an underscore; rename it',
  },
];

/** Why a model cannot be given a tool, if it cannot, and what to do. */
export function toolFault(
  { provider, modelId }: Pick<AiSdkModel, 'provider' | 'modelId'>,
  tool: Pick<ModelTool, 'name' | 'parameters'>,
): string | undefined {
  const rules = RULES.filter(({ of }) => of.test(`${provider} ${modelId}`));
  return rules.map(({ fault }) => fault(tool)).find((fault) => fault !== undefined);
}
