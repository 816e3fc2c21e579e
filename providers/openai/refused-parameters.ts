import { APIError } from 'openai';
import type { OpenAI } from 'openai';

type WireRequest = OpenAI.ChatCompletionCreateParamsStreaming;

/** What a request can do without. */
const DISPENSABLE = [
  'temperature',
  'reasoning_effort',
  'max_completion_tokens',
  'max_tokens',
  'tool_choice',
  'strict',
  'stream_options',
] as const;
export type RefusedParameter = (typeof DISPENSABLE)[number];

/** What is in a parameter, by which servers may name it. */
const FIELDS: Readonly<Record<string, readonly string[]>> = { stream_options: ['include_usage'] };
const BAD_REQUEST: readonly (number | undefined)[] = [400, 422];
/** What servers say of a parameter that they do not take. */
const REFUSAL =
  /unsupported|not support|unrecogni[sz]ed|unknown|unexpected|not permitted|not allowed|forbidden|invalid|only the default/i;

/** Parameters that models have refused: each is left out from then on, for that model, as long as the process runs. */
export class RefusedParameters {
  readonly #byModel = new Map<string, Set<RefusedParameter>>();
  readonly #onRefused: (model: string, parameter: RefusedParameter) => void;

  constructor(onRefused: (model: string, parameter: RefusedParameter) => void) {
    this.#onRefused = onRefused;
  }

  /** The request as its model takes it. Older servers know the limit of a reply by its old name. */
  accepted(request: WireRequest): WireRequest {
    const refused = this.#byModel.get(request.model);
    if (!refused) return request;
    const { max_completion_tokens: limit, ...rest } = request;
    const limits = refused.has('max_completion_tokens') ? { max_tokens: limit } : { max_completion_tokens: limit };
    const asked = { ...rest, ...(limit !== undefined && limit !== null && limits) };
    const kept = Object.entries(asked).filter(([name]) => !refused.has(name as RefusedParameter));
    const accepted = Object.fromEntries(kept) as unknown as WireRequest;
    return refused.has('strict') ? withoutStrict(accepted) : accepted;
  }

  /** Whether the error refuses a parameter of the request that can be left out. From then on it is. */
  learn(error: unknown, request: WireRequest): boolean {
    const sent = DISPENSABLE.filter((name) => has(request, name));
    const parameter = refusedParameter(error, sent);
    if (parameter === undefined) return false;
    const refused = this.#byModel.get(request.model) ?? new Set();
    this.#byModel.set(request.model, refused.add(parameter));
    this.#onRefused(request.model, parameter);
    return true;
  }
}

/** Which of the parameters an error refuses, if it is one of them. */
export function refusedParameter<Name extends string>(error: unknown, sent: readonly Name[]): Name | undefined {
  if (!(error instanceof APIError) || !BAD_REQUEST.includes(error.status as number | undefined)) return undefined;
  return sent.find((name) => isRefused(error as APIError, name));
}

function has(request: WireRequest, name: RefusedParameter): boolean {
  if (name !== 'strict') return name in request;
  return request.tools?.some((tool) => tool.type === 'function' && 'strict' in tool.function) === true;
}

/** By the field for it, or by what is said, which takes the parameter's name and a word of refusal. */
function isRefused(error: APIError, name: string): boolean {
  const named = new RegExp(`(?<![\\w-])(?:${[name, ...(FIELDS[name] ?? [])].join('|')})(?![\\w-])`);
  if (typeof error.param === 'string' && error.param !== '') return named.test(error.param);
  const said = JSON.stringify(error.error ?? error.message);
  return named.test(said) && REFUSAL.test(said);
}

function withoutStrict(request: WireRequest): WireRequest {
  const tools = request.tools?.map((tool) => {
    if (tool.type !== 'function') return tool;
    const { strict: _, ...rest } = tool.function;
    return { ...tool, function: rest };
  });
  return { ...request, ...(tools && { tools }) };
}
