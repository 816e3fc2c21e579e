import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiParameters, ZodOpenApiResponseObject } from 'zod-openapi';
import type { Scope } from '../../../contract/access.ts';
import { ProblemDetails } from '../../../contract/http.ts';
import { EventsQuery } from '../../../contract/http-parameters.ts';
import { problemKinds, type ProblemSlug, problemType } from '../problem-kinds.ts';

export const tags = {
  conversations: 'Conversations and what was said in them',
  turns: 'Turns: starting, following and interrupting them',
  process: 'The process that answers',
} as const;

/** A call as its routes describe it. What all calls have in common is added by `describeCall`. */
export interface Call {
  readonly operationId: string;
  readonly tag: keyof typeof tags;
  readonly summary: string;
  readonly description: string;
  readonly parameters?: ZodOpenApiParameters;
  readonly body?: { readonly schema: z.ZodType; readonly isRequired: boolean; readonly description: string };
  readonly answers?: Readonly<Record<`${number}`, ZodOpenApiResponseObject>>;
  /** In place of an answer: a named union of the server-sent events that it streams, and what their `id` is. */
  readonly events?: { readonly schema: z.ZodType; readonly id: string };
  /** Beside those that every call of its kind can have. */
  readonly problems?: readonly ProblemSlug[];
  /** Who may ask: anybody (`open`), a key, or a key or token, which is the default. */
  readonly access?: 'open' | 'key';
  /** What the key or token must allow. */
  readonly scope?: Scope;
}

/** Of a call that asks Temporal. */
export const temporalProblems = ['temporal-unreachable', 'temporal-refused', 'process-held'] as const;

export const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API key, or a token of POST /v1/conversations/{id}/tokens. A server without keys, which only its own machine reaches, ' +
      'asks for nothing.',
  },
  accessToken: {
    type: 'apiKey',
    in: 'query',
    name: 'access_token',
    description: 'A token, never a key, where no header can be set: EventSource, the source of an audio element',
  },
} as const;
/** Of a call that says nothing else. */
export const keysAndTokens = [{ bearer: [] }, { accessToken: [] }];
const keysOnly = [{ bearer: [] }];

const accessProblems = ['unauthorized', 'token-expired', 'key-in-address'] as const;
const scopeProblems = ['scope-missing', 'foreign-conversation'] as const;
const commonProblems = ['foreign-host', 'foreign-origin', 'internal'] as const;
const bodyProblems = ['broken-json', 'invalid-body', 'body-too-large', 'unsupported-media-type'] as const;

const headersOf: Readonly<Record<string, ReturnType<typeof header>>> = {
  401: header('WWW-Authenticate', 'What is wrong with the key or token (RFC 6750)'),
  503: header('Retry-After', 'Seconds after which to try again'),
};

export function describeCall(call: Call): ZodOpenApiOperationObject {
  const { operationId, tag, summary, parameters, body, events, access, scope } = call;
  const description = scope ? `${call.description} Needs the scope \`${scope}\`.` : call.description;
  return {
    ...{ operationId, tags: [tag], summary, description },
    ...(access && { security: access === 'open' ? [] : keysOnly }),
    ...(parameters && { requestParams: parameters }),
    ...(body && {
      requestBody: { description: body.description, required: body.isRequired, content: jsonContent(body.schema) },
    }),
    responses: { ...(events && eventStream(events)), ...call.answers, ...refusals(problemsOf(call)) },
  };
}

function problemsOf({ access, scope, parameters, body, problems = [] }: Call): ProblemSlug[] {
  return [
    ...(access === 'open' ? [] : accessProblems),
    ...(scope ? scopeProblems : []),
    ...(access === 'key' ? (['key-needed'] as const) : []),
    ...(parameters?.path || body ? (['broken-request'] as const) : []),
    ...(body ? bodyProblems : []),
    ...problems,
    ...commonProblems,
  ];
}

export function json(description: string, schema: z.ZodType, headers = {}): ZodOpenApiResponseObject {
  return { description, headers, content: jsonContent(schema) };
}

export function header(name: string, description: string) {
  return { [name]: { description, required: true, schema: { type: 'string' as const } } };
}

export const nameOf = (schema: z.ZodType): string => z.globalRegistry.get(schema)?.id ?? '';

/** Query and header of a call that streams events. */
export function readerParameters(id: z.ZodString, description: string) {
  const lastEventId = id
    .optional()
    .describe('In place of the header Last-Event-ID, for clients that cannot set headers; the header has precedence');
  return {
    query: EventsQuery.extend({ lastEventId }),
    header: z.object({ 'Last-Event-ID': id.optional().describe(description) }),
  };
}

/**
 * OpenAPI 3.1 gives a media type one schema. Here it is that of each message, as OpenAPI 3.2 has it: its fields `id`, `event` and
 * `data`, and what `data` holds.
 */
function eventStream({ schema, id }: NonNullable<Call['events']>): Record<'200', ZodOpenApiResponseObject> {
  const contentSchema = { $ref: `#/components/schemas/${nameOf(schema)}` };
  const message = {
    type: 'object' as const,
    description: 'One message of the stream',
    properties: {
      id: { type: 'string' as const, description: id },
      event: { type: 'string' as const, description: 'The `type` of the event' },
      data: {
        ...{ type: 'string' as const, description: 'The event as JSON' },
        ...{ contentMediaType: 'application/json', contentSchema },
      },
    },
    required: ['id', 'event', 'data'],
  };
  const description =
    `Server-sent events. The schema is that of one message: \`data\` is the event as JSON (\`${nameOf(schema)}\`), \`event\` its ` +
    '`type`; what `id` is stands there. Lines that begin with a colon keep the connection open and carry nothing.';
  return { 200: { description, content: { 'text/event-stream': { schema: message } } } };
}

const jsonContent = (schema: z.ZodType) => ({ 'application/json': { schema } });

/** One response for each status, which says what its problems mean. */
function refusals(slugs: readonly ProblemSlug[]): Record<`${number}`, ZodOpenApiResponseObject> {
  const byStatus = Map.groupBy(slugs, (slug) => problemKinds[slug].status);
  const responses = [...byStatus].map(([status, ofStatus]) => [String(status), refusal(status, ofStatus)]);
  return Object.fromEntries(responses) as Record<`${number}`, ZodOpenApiResponseObject>;
}

function refusal(status: number, slugs: readonly ProblemSlug[]): ZodOpenApiResponseObject {
  const headers = headersOf[status];
  return {
    description: slugs.map((slug) => `\`${problemType(slug)}\`: ${problemKinds[slug].when}.`).join('\n\n'),
    ...(headers && { headers }),
    content: { 'application/problem+json': { schema: ProblemDetails } },
  };
}
