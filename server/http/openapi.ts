import { z } from 'zod';
import { createDocument, type ZodOpenApiComponentsObject, type ZodOpenApiOperationObject } from 'zod-openapi';
import { CreatedToken, CreateToken } from '../../contract/access.ts';
import { ServedConversationEvent } from '../../contract/conversation-events.ts';
import * as http from '../../contract/http.ts';
import type { Handler } from './responder.ts';

const id = z.string().meta({ description: 'As returned by the call that created it' });
const path = z.object({ id });

const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { 'application/json': { schema } },
});
const body = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
const problem = {
  description: 'What went wrong, and what to do (RFC 9457)',
  content: { 'application/problem+json': { schema: http.ProblemDetails } },
};
const open = { security: [] };
const keysOnly = [{ bearer: [] }];

const securitySchemes: NonNullable<ZodOpenApiComponentsObject['securitySchemes']> = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description:
      "An API key, or a token of POST /v1/conversations/{id}/tokens. Calls that read need the scope 'read', calls that post " +
      "need 'turns'. A server without keys, which only its own machine reaches, asks for nothing.",
  },
  accessToken: {
    type: 'apiKey',
    in: 'query',
    name: 'access_token',
    description: 'A token, never a key, where no header can be set: EventSource, the source of an audio element',
  },
};

const createConversation: ZodOpenApiOperationObject = {
  operationId: 'createConversation',
  requestBody: body(http.CreateConversation),
  responses: {
    200: json(
      'The conversation of this id as it was created before; metadata and context sent again are ignored',
      http.CreatedConversation,
    ),
    201: json('The new conversation', http.CreatedConversation),
    default: problem,
  },
};

const createToken: ZodOpenApiOperationObject = {
  operationId: 'createToken',
  summary: 'A token for one conversation',
  description:
    'A page that has it may use this conversation, and nothing else, without a key, until it expires. It may not create ' +
    "conversations or tokens, and not send 'context'. Needs a key with the scope 'turns'.",
  requestParams: { path },
  requestBody: body(CreateToken),
  responses: { 201: json('The token, which is not kept anywhere', CreatedToken), default: problem },
};

const startTurn: ZodOpenApiOperationObject = {
  operationId: 'startTurn',
  requestParams: {
    path,
    header: z.object({
      'Idempotency-Key': z.string().max(http.limits.idempotencyKeyCharacters).optional(),
      Prefer: z.string().optional().meta({ description: 'wait=N: answer when the turn has ended, or after N seconds' }),
      traceparent: z.string().optional().meta({ description: 'W3C Trace Context: given to the tools of the turn' }),
      tracestate: z.string().optional().meta({ description: 'The same; at most 512 characters' }),
    }),
  },
  requestBody: { ...body(http.StartTurn), required: true },
  responses: {
    200: json('The turn, which has ended', http.Turn),
    202: json('The turn has begun', http.AcceptedTurn),
    default: problem,
  },
};

const getEvents: ZodOpenApiOperationObject = {
  operationId: 'getEvents',
  requestParams: {
    path,
    query: z.object({
      audio: z.literal('1').optional().meta({ description: 'Send speech.audio events too' }),
      lastEventId: z.string().optional().meta({ description: 'In place of the header Last-Event-ID' }),
    }),
    header: z.object({ 'Last-Event-ID': z.string().optional() }),
  },
  responses: {
    200: {
      description:
        'Server-sent events until turn.finished; the data of each is one of these. atMs: when it happened, in ms since the ' +
        'turn was posted',
      content: { 'text/event-stream': { schema: http.ServedEvent } },
    },
    default: problem,
  },
};

const getConversationEvents: ZodOpenApiOperationObject = {
  operationId: 'getConversationEvents',
  summary: 'Follow all turns of a conversation',
  description:
    'Server-sent events of all turns, those to come too, in the order of publication: where turns overlap, so do their events, ' +
    'and those of each turn are in order. The stream begins with `conversation.joined` and the first event of what is open ' +
    'now, or after the event that is named; it ends when the server stops. A turn whose stream cannot be read here is told ' +
    'by `turn.snapshot` and `turn.finished` once it has ended.',
  requestParams: {
    path,
    query: z.object({
      audio: z.literal('1').optional().meta({ description: 'Send speech.audio events too' }),
      lastEventId: z.string().optional().meta({ description: 'In place of the header Last-Event-ID' }),
    }),
    header: z.object({
      'Last-Event-ID': z.string().optional().meta({
        description: 'The last id received, which says nothing else; 0: from the beginning of the conversation',
      }),
    }),
  },
  responses: {
    200: {
      description: 'Server-sent events; the data of each is one of these',
      content: { 'text/event-stream': { schema: ServedConversationEvent } },
    },
    default: problem,
  },
};

const getAudio: ZodOpenApiOperationObject = {
  operationId: 'getAudio',
  requestParams: { path },
  responses: {
    200: {
      description: 'The speech as it comes: WAV, 24 kHz, mono, 16 bit',
      content: { 'audio/wav': { schema: z.string().meta({ override: { contentMediaType: 'audio/wav' } }) } },
    },
    default: problem,
  },
};

const interruptTurn: ZodOpenApiOperationObject = {
  operationId: 'interruptTurn',
  summary: 'The caller speaks, or presses stop',
  description:
    'Silent at once. One that comes late, twice, or for a speech that is not being said changes nothing and is answered ' +
    "with what is true now. 'heardText' is all that was heard of the turn. 'heardMs' beyond what was sent counts as all " +
    'of it; a negative one is a 400, an unknown speech or turn a 404.',
  requestParams: { path },
  requestBody: body(http.InterruptTurn),
  responses: {
    200: json('The record has it', http.InterruptedTurn),
    202: json('Silent; the record does not have it yet and will get it', http.InterruptedTurn),
    default: problem,
  },
};

const reportPlayout: ZodOpenApiOperationObject = {
  operationId: 'reportPlayout',
  summary: "What the listener's device has played, for a turn with playout 'client'",
  description:
    'The furthest position counts, no matter who reports it, in which order: a repeat, or one that comes out of order, ' +
    "changes nothing. A position beyond what was sent counts as all of it, and so does 'finished'. A negative position " +
    "is a 400, an unknown speech or turn a 404, a turn that is over or has playout 'assumed' a 409.",
  requestParams: { path },
  requestBody: { ...body(http.ReportPlayout), required: true },
  responses: { 200: json('How much counts as heard now', http.CountedPlayout), default: problem },
};

const read = (operationId: string, description: string, schema: z.ZodType): ZodOpenApiOperationObject => ({
  operationId,
  requestParams: { path },
  responses: { 200: json(description, schema), default: problem },
});
const probe = (operationId: string, description: string): ZodOpenApiOperationObject => ({
  operationId,
  ...open,
  responses: { 200: json(description, http.Health), default: problem },
});

/** The API as OpenAPI 3.1, from the schemas that requests are checked with. */
export function createOpenApiDocument(): ReturnType<typeof createDocument> {
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Legato', version: '1', description: 'Durable turns for voice agents' },
    security: [{ bearer: [] }, { accessToken: [] }],
    components: { securitySchemes },
    paths: {
      '/v1/conversations': { post: { ...createConversation, security: keysOnly } },
      '/v1/conversations/{id}': { get: read('getConversation', 'The conversation', http.Conversation) },
      '/v1/conversations/{id}/turns': { post: startTurn },
      '/v1/conversations/{id}/tokens': { post: { ...createToken, security: keysOnly } },
      '/v1/conversations/{id}/events': { get: getConversationEvents },
      '/v1/turns/{id}': { get: read('getTurn', 'The turn as its workflow knows it', http.Turn) },
      '/v1/turns/{id}/events': { get: getEvents },
      '/v1/turns/{id}/audio': { get: getAudio },
      '/v1/turns/{id}/interrupt': { post: interruptTurn },
      '/v1/turns/{id}/playout': { post: reportPlayout },
      '/healthz': { get: probe('getHealth', 'The process answers') },
      '/readyz': { get: probe('getReadiness', 'Turns are taken') },
      '/metrics': {
        get: {
          operationId: 'getMetrics',
          security: keysOnly,
          responses: { 200: { description: 'Counts of this process, in the text format of Prometheus' } },
        },
      },
      '/openapi.json': {
        get: { operationId: 'getOpenApi', responses: { 200: { description: 'This document' } } },
      },
    },
  });
}

/** `GET /openapi.json` */
export function getOpenApi(): Handler {
  let document: ReturnType<typeof createDocument> | undefined;
  return () => ({ status: 200, body: (document ??= createOpenApiDocument()) });
}
