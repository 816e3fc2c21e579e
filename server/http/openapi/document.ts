import type { z } from 'zod';
import { createDocument, type CreateDocumentOptions } from 'zod-openapi';
import type { Handler } from '../responder.ts';
import { type Call, describeCall, keysAndTokens, nameOf, securitySchemes, tags } from './call.ts';
import { conversationCalls } from './conversation-calls.ts';
import { processCalls } from './process-calls.ts';
import { turnCalls } from './turn-calls.ts';

type Document = ReturnType<typeof createDocument>;

/** Every call of the API, by path and method. */
const calls: Readonly<Record<string, Readonly<Record<string, Call>>>> = {
  ...conversationCalls,
  ...turnCalls,
  ...processCalls,
};

/** The API as OpenAPI 3.1, from the schemas that requests are checked with. */
export function createOpenApiDocument(): Document {
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Legato',
        version: '1',
        description:
          'Durable turns for voice agents. New events, items, fields and values of `kind` and `outcome` may appear in any ' +
          'version: skip what you do not know.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'The server that this description was read from' }],
      tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
      security: keysAndTokens,
      components: {
        schemas: eventsOf(calls),
        securitySchemes,
      },
      paths: mapValues(calls, (methods) => mapValues(methods, describeCall)),
    },
    { override: forOthers },
  );
}

/** `GET /openapi.json` */
export function getOpenApi(): Handler {
  let document: Document | undefined;
  return () => ({ status: 200, body: (document ??= createOpenApiDocument()) });
}

/** A stream refers to its events from within a text, where no schema is found by itself. */
function eventsOf(described: typeof calls): Record<string, z.ZodType> {
  const streams = Object.values(described).flatMap((methods) =>
    Object.values(methods).flatMap(({ events }) => events?.schema ?? []),
  );
  return Object.fromEntries(streams.map((events) => [nameOf(events), events]));
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

/** What Zod writes down of a schema and generators do not take, or clients must not rely on. */
const forOthers: NonNullable<CreateDocumentOptions['override']> = ({ jsonSchema, io }) => {
  // A later version may add fields to an answer.
  if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  // Bounds that every JSON number has which JavaScript reads exactly.
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
};
