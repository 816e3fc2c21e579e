import express from 'express';
import type { Request, RequestHandler } from 'express';
import type { z } from 'zod';
import { limits } from '../../contract/http.ts';
import { EventsQuery, IdempotencyKey } from '../../contract/http-parameters.ts';
import { readTraceContext, type TraceContext } from '../../contract/trace-context.ts';
import * as problems from './problems.ts';

const parseJson = express.json({ limit: limits.bodyBytes, type: 'application/json' });
const QUOTED_CHARACTERS = 40;

/** The `:id` of a path. */
export function pathId(request: Request): string {
  return String(request.params['id']);
}

/** Seconds of `Prefer: wait=N` (RFC 7240), at most 60. Undefined where it is absent or not a number: a preference is never a fault. */
export function preferredWait(request: Request): number | undefined {
  const header = request.get('Prefer') ?? '';
  const seconds = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i.exec(header)?.[1];
  return seconds === undefined ? undefined : Math.min(Number(seconds), limits.waitSeconds);
}

/** The `Idempotency-Key`. Throws a Problem where it is blank, too long or not printable ASCII. */
export function idempotencyKey(request: Request): string | undefined {
  const key = IdempotencyKey.optional().safeParse(request.get('Idempotency-Key'));
  if (!key.success) throw problems.invalidKey();
  return key.data;
}

interface AskedEvents {
  readonly audio: boolean;
  readonly lastEventId: string | undefined;
}

/** What a reader of events asks for; `id` is the form of their ids. The header precedes the query. */
export function eventsQuery(request: Request, id: z.ZodString): AskedEvents {
  const query = EventsQuery.safeParse(request.query, { reportInput: true });
  if (!query.success) throw problems.invalidQuery(query.error.issues.flatMap((issue) => toFieldFaults(issue)));
  const [header, parameter] = [request.get('Last-Event-ID'), request.query['lastEventId']].map((sent) => {
    const lastEventId = id.optional().safeParse(sent);
    if (!lastEventId.success) throw problems.invalidEventId();
    return lastEventId.data;
  });
  return { audio: query.data.audio === '1', lastEventId: header ?? parameter };
}

/** The trace that a request belongs to. What does not follow the standard counts as not sent, and is never a fault. */
export function traceContext(request: Request): TraceContext {
  return readTraceContext({ traceparent: request.get('traceparent'), tracestate: request.get('tracestate') });
}

/** Reads a body as JSON; none at all is left to the schema. */
export const jsonBody: RequestHandler = (request, response, next) => {
  // Clients announce no type for a body of length 0, and Express takes it for a body all the same: for an empty object.
  const isEmpty = request.get('Content-Length') === '0';
  if (!isEmpty && request.is('application/json') === false) throw problems.notJson();
  if (isEmpty) next();
  else void parseJson(request, response, next);
};

/** By field, what to do in place of what is likely to have been meant. */
type Hints = Readonly<Record<string, string>>;

/** The body as its schema has it. Unknown fields are faults, so that a misspelt option is not ignored. */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown, hints: Hints = {}): z.output<S> {
  const parsed = schema.safeParse(body ?? {}, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw problems.invalidBody(parsed.error.issues.flatMap((issue) => toFieldFaults(issue, hints)));
}

interface FieldFault {
  readonly field: string;
  readonly message: string;
}

function toFieldFaults(issue: z.core.$ZodIssue, hints: Hints = {}): FieldFault[] {
  const field = issue.path.join('.');
  const hint = hints[field];
  if (issue.code === 'invalid_type' && hint !== undefined) return [{ field, message: `${toMessage(issue)}; ${hint}` }];
  if (issue.code !== 'unrecognized_keys') return [{ field: field || 'body', message: toMessage(issue) }];
  return issue.keys.map((key) => ({
    field: [...issue.path, key].join('.').slice(0, 100),
    message: `is not a field of this request; ${(field === '' && hints[key]) || 'leave it out'}`,
  }));
}

/** Says limit and way out. Values are quoted only where they are a choice, never where a caller's words may stand. */
function toMessage(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing; send it' : `must be of type ${issue.expected}`;
    case 'too_big':
      return toLimit(issue.origin, issue.input, { over: issue.maximum });
    case 'too_small':
      return toLimit(issue.origin, issue.input, { under: issue.minimum });
    case 'invalid_key':
      return `has a name that ${issue.issues[0]?.message ?? 'is wrong'}`;
    case 'invalid_format':
      return toForm(issue);
    case 'invalid_value':
      return toChoice(issue);
    default:
      return issue.message;
  }
}

function toForm({ input, pattern, format }: z.core.$ZodIssueInvalidStringFormat): string {
  return input?.trim() === '' ? 'is empty; fill it' : `must match ${pattern ?? format}`;
}

function toChoice({ values, input }: z.core.$ZodIssueInvalidValue): string {
  const choices = values.map((value) => `'${String(value)}'`).join(' or ');
  return `must be ${choices}, not ${quoteChoice(input)}`;
}

type Limit = { readonly over: number | bigint } | { readonly under: number | bigint };

function toLimit(origin: string, input: unknown, limit: Limit): string {
  const isNumber = origin === 'number' || origin === 'int';
  if ('under' in limit) {
    return isNumber
      ? `is ${Number(input)}, under the limit of ${limit.under}; raise it`
      : 'is empty; fill it or leave it out';
  }
  return isNumber
    ? `is ${Number(input)}, over the limit of ${limit.over}; lower it`
    : `is ${lengthOf(input)} characters long, over the limit of ${limit.over}; shorten it`;
}

function lengthOf(input: unknown): number {
  return typeof input === 'string' ? input.length : 0;
}

function quoteChoice(input: unknown): string {
  if (typeof input !== 'string') return `of type ${typeof input}`;
  return `'${input.slice(0, QUOTED_CHARACTERS)}'`;
}
