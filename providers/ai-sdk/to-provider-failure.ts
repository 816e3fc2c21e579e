import {
  isTooLong,
  isTransient,
  isUsedUp,
  isWireWord,
  quoted,
  systemCode,
  systemError,
  toRetryAfterMs,
} from '../error-facts.ts';
import { ProviderFailure } from '../failure.ts';

/** Who was asked, as failures name it. */
export interface Asked {
  readonly provider: string;
  readonly model: string;
}

type Fields = Readonly<Record<string, unknown>>;

const ADVICE: Readonly<Record<number, string>> = {
  400: "check the model's name, its options and the schemas of the agent's tools",
  401: 'check the API key of the provider',
  403: 'check what the API key of the provider may use',
  404: "check the model's name and the address of the provider",
  408: 'try again',
  409: 'try again',
  413: 'shorten what the model is sent',
  429: 'try again later, or raise the rate limit of the account',
};

/** Of an error in the stream, whose answer had status 200: the status that providers give it otherwise. */
const STATUS_OF: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  api_error: 500,
  server_error: 500,
  overloaded_error: 529,
};

/** Names of the AI SDK's errors that another try does not help. */
const LASTING: readonly unknown[] = [
  'AI_LoadSettingError',
  'AI_InvalidPromptError',
  'AI_InvalidArgumentError',
  'AI_UnsupportedFunctionalityError',
  'AI_NoSuchModelError',
];
const FIRST_ERROR = 400;
const VARIABLE = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/;

/** A reply that came, but not whole. */
export function brokenOff(asked: Asked, why: string, cause?: unknown): ProviderFailure {
  return new ProviderFailure(describe(asked, `${why}; try again`), { retryable: true, cause });
}

export function withheld(asked: Asked): ProviderFailure {
  const why = "the content filter withheld it; change the agent's instructions, or answer without the model";
  return new ProviderFailure(describe(asked, why), { retryable: false });
}

/**
 * Whatever a provider's package threw, or put into its stream, as a ProviderFailure. What the server wrote is left out, and so
 * are the package's own errors as a cause: they hold the request, and servers repeat the key and the caller's words.
 */
export function toProviderFailure(error: unknown, asked: Asked): ProviderFailure {
  if (error instanceof ProviderFailure) return error;
  const fields = isFields(error) ? error : {};
  const status = statusOf(fields);
  if (status !== undefined) return refused(fields, status, asked);
  const { name } = fields;
  if (name === 'AI_LoadAPIKeyError') return withoutKey(fields, asked);
  if (name === 'AI_APICallError' && fields.statusCode === undefined) {
    const why = `the connection failed${systemCode(error)}; check the address of the provider and the network`;
    return new ProviderFailure(describe(asked, why), { retryable: true, cause: systemError(error) });
  }
  if (LASTING.includes(name)) {
    const why = `its provider package does not take the request, '${String(name)}'; check the options of the model and the agent's tools`;
    return new ProviderFailure(describe(asked, why), { retryable: false });
  }
  return brokenOff(
    asked,
    `the stream broke off${quoted('code', codeIn(fields)) || systemCode(error)}`,
    systemError(error),
  );
}

/** An answer that could not be read to its end has the status with which it began. */
function statusOf(fields: Fields): number | undefined {
  const { statusCode: status } = fields;
  return typeof status === 'number' && status >= FIRST_ERROR ? status : STATUS_OF[codeIn(fields) ?? ''];
}

function refused(fields: Fields, status: number, asked: Asked): ProviderFailure {
  const code = codeIn(fields);
  const headers = isFields(fields.responseHeaders) ? fields.responseHeaders : {};
  const retryAfterMs = toRetryAfterMs((name) => textOf(headers[name]));
  const advice = isUsedUp(code)
    ? 'check the plan of the account'
    : (ADVICE[status] ?? (status >= 500 ? 'try again later' : 'check the address of the provider'));
  return new ProviderFailure(describe(asked, `status ${status}${quoted('code', code)}; ${advice}`), {
    status,
    retryable: isTransient(status, code),
    isTooLong: isTooLong(status, `${code ?? ''} ${textOf(fields.message) ?? ''}`),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** The package names the variable that it reads, and no key. */
function withoutKey({ message }: Fields, asked: Asked): ProviderFailure {
  const variable = VARIABLE.exec(textOf(message) ?? '')?.[0];
  const advice = variable === undefined ? 'give its provider one' : `set ${variable}, or give its provider one`;
  return new ProviderFailure(describe(asked, `there is no API key; ${advice}`), { retryable: false });
}

/** The most exact of the words by which the server, or the package, names the error. */
function codeIn(fields: Fields): string | undefined {
  const data = isFields(fields.data) ? fields.data : parse(fields.responseBody);
  const inner = [fields.error, data.error, isFields(data.response) ? data.response.error : undefined].filter(isFields);
  const words = [
    ...inner.map(({ code }) => code),
    fields.code,
    ...inner.map(({ type }) => type),
    data.type,
    fields.type,
  ];
  return words.find((word): word is string => isWireWord(word) && word !== 'error');
}

function parse(body: unknown): Fields {
  try {
    const value: unknown = JSON.parse(textOf(body) ?? '');
    return isFields(value) ? value : {};
  } catch {
    return {}; // it is a page, or nothing: no code in it
  }
}

function describe({ provider, model }: Asked, why: string): string {
  return `Cannot get a reply from model '${model}' of '${provider}': ${why}`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
