import { Health } from '../../../contract/http.ts';
import { type Call, json, temporalProblems } from './call.ts';

const getHealth: Call = {
  operationId: 'getHealth',
  tag: 'process',
  summary: 'Ask whether the process answers',
  description: 'For liveness probes. Needs no key.',
  access: 'open',
  answers: { 200: json('The process answers', Health) },
};

const getReadiness: Call = {
  operationId: 'getReadiness',
  tag: 'process',
  summary: 'Ask whether the process takes turns',
  description: 'For readiness probes: whether a turn that is posted now would be taken. Needs no key.',
  access: 'open',
  answers: { 200: json('Turns are taken', Health) },
  problems: ['not-ready', ...temporalProblems],
};

const getMetrics: Call = {
  operationId: 'getMetrics',
  tag: 'process',
  access: 'key',
  summary: 'Read the metrics of the process',
  description: 'Counts and durations of this process, for Prometheus.',
  answers: {
    200: { description: 'In the text format of Prometheus', content: { 'text/plain': { schema: { type: 'string' } } } },
  },
};

const getOpenApi: Call = {
  operationId: 'getOpenApi',
  tag: 'process',
  summary: 'Read this description',
  description: 'The API as OpenAPI 3.1.',
  answers: { 200: { description: 'This document', content: { 'application/json': { schema: { type: 'object' } } } } },
};

export const processCalls = {
  '/healthz': { get: getHealth },
  '/readyz': { get: getReadiness },
  '/metrics': { get: getMetrics },
  '/openapi.json': { get: getOpenApi },
} satisfies Record<string, Record<string, Call>>;
