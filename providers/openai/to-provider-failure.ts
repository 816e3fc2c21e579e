import { APIConnectionError, APIError } from 'openai';
import type { OpenAI } from 'openai';
import { isTooLong, isTransient, isUsedUp, quoted, systemCode, toRetryAfterMs, withFailures } from '../error-facts.ts';
import { ProviderFailure } from '../failure.ts';
import { EventTooLong } from './event-stream.ts';

/** What was asked for, as failures name it. */
export interface Asked {
  readonly thing: 'reply' | 'speech';
  readonly model: string;
  /** Of speech. */
  readonly voice?: string;
  /** Speech of a server for fallback voices. */
  readonly isFallback?: boolean;
  readonly host: string;
}

const ADVICE: Readonly<Record<number, string>> = {
  400: "check the model's name and the schemas of the agent's tools",
  401: 'check OPENAI_API_KEY',
  403: 'check what the key of OPENAI_API_KEY may use',
  404: "check the model's name and OPENAI_BASE_URL",
  408: 'try again',
  409: 'try again',
  429: 'try again later, or raise the rate limit of the account',
};

const CHECK_VOICE = "check the agent's 'voice' and LEGATO_VOICE_MODEL";
const SPEECH_ADVICE: Readonly<Record<number, string>> = {
  400: CHECK_VOICE,
  404: `${CHECK_VOICE}, and OPENAI_BASE_URL`,
  422: CHECK_VOICE,
};

export function askedFrom(client: OpenAI, asked: Omit<Asked, 'host'>): Asked {
  return { ...asked, host: new URL(client.baseURL).host };
}

/** A reply that came, but not whole. */
export function brokenOff(asked: Asked, why: string, cause?: unknown): ProviderFailure {
  return new ProviderFailure(describe(asked, `${why}; try again`), { retryable: true, cause });
}

export function withheld(asked: Asked): ProviderFailure {
  const why = "the content filter withheld it; change the agent's instructions, or answer without the model";
  return new ProviderFailure(describe(asked, why), { retryable: false });
}

/** The same parts; an error among them becomes a ProviderFailure, and an aborted `signal` ends them with its reason. */
export function withProviderFailures<T>(
  parts: AsyncIterable<T>,
  asked: Asked,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  return withFailures(parts, (error) => toProviderFailure(error, asked), signal);
}

/**
 * Whatever the SDK or its connection threw, as a ProviderFailure. What the server wrote is left out, and so is an error that
 * quotes it as a cause: servers repeat the key and the caller's words.
 */
function toProviderFailure(error: unknown, asked: Asked): ProviderFailure {
  if (error instanceof ProviderFailure) return error;
  if (isAnswer(error)) return refused(error, asked);
  if (error instanceof APIConnectionError) {
    const advice = 'check OPENAI_BASE_URL and the network';
    const why = `the connection failed${systemCode(error)}; ${forThing(advice, asked)}`;
    return new ProviderFailure(describe(asked, why), { retryable: true, cause: error });
  }
  if (error instanceof EventTooLong) return brokenOff(asked, 'the stream holds an event without an end');
  if (error instanceof SyntaxError) return brokenOff(asked, 'the stream holds something that is not JSON');
  return brokenOff(asked, `the stream broke off${systemCode(error)}`, error);
}

function isAnswer(error: unknown): error is APIError<number> {
  return error instanceof APIError && error.status !== undefined;
}

function refused(error: APIError<number>, asked: Asked): ProviderFailure {
  const { status } = error;
  const usedUp = isUsedUp(error.code);
  const why = `status ${status}${quoted('code', error.code ?? error.type)}${quoted('parameter', error.param)}`;
  const retryable = isTransient(status, error.code);
  const retryAfterMs = toRetryAfterMs((name) => error.headers?.get(name));
  return new ProviderFailure(
    describe(asked, `${why}; ${usedUp ? 'check the plan of the account' : adviceOn(status, asked)}`),
    {
      status,
      retryable,
      isTooLong: isTooLong(status, `${error.code ?? ''} ${error.message}`),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
  );
}

function adviceOn(status: number, asked: Asked): string {
  const ofSpeech = asked.thing === 'speech' ? SPEECH_ADVICE[status] : undefined;
  const advice = ofSpeech ?? ADVICE[status];
  return forThing(advice ?? (status >= 500 ? 'try again later' : 'check what OPENAI_BASE_URL names'), asked);
}

/** The voice has variables of its own, which may be left out. */
function forThing(advice: string, { thing, isFallback = false }: Asked): string {
  if (thing === 'reply') return advice;
  if (!isFallback) return advice.replaceAll(/OPENAI_(API_KEY|BASE_URL)/g, 'LEGATO_VOICE_$1 or $&');
  const ofFallback = advice.replaceAll(/(?:OPENAI|LEGATO_VOICE)_(?=API_KEY|BASE_URL|MODEL)/g, 'LEGATO_FALLBACK_VOICE_');
  return ofFallback.replace("'voice'", "'fallbackVoice'");
}

export function describe({ thing, model, voice, host }: Asked, why: string): string {
  const spoken = voice === undefined ? '' : ` with voice '${voice}'`;
  return `Cannot get ${thing === 'reply' ? 'a reply' : 'speech'} from model '${model}'${spoken} at '${host}': ${why}`;
}
