import express from 'express';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import type { Admission } from '../../service/admission.ts';
import { type EventLoop, whyLate } from '../../time/request-patience.ts';
import { getAudio } from './audio.ts';
import { authenticate, senderOf } from './authenticate.ts';
import { allow, allowConversation, allowTurn } from './authorize.ts';
import { allowOrigins } from './cors.ts';
import { createConversation, getConversation } from './conversations.ts';
import { getConversationEvents, getEvents } from './events.ts';
import type { FrontEndDependencies } from './front-end.ts';
import { getHealth, getReadiness } from './health.ts';
import { serveLocalOnly } from './local-only.ts';
import { getMetrics } from './metrics.ts';
import { getOpenApi } from './openapi/document.ts';
import type { Problem } from './problem.ts';
import * as problems from './problems.ts';
import { jsonBody } from './request.ts';
import type { Handler, Responder } from './responder.ts';
import { toProblem } from './to-problem.ts';
import { createToken } from './tokens.ts';
import { getTurn, interruptTurn, postTurn, reportPlayout } from './turns.ts';

/** The routes of the HTTP front end. */
export function createApp(deps: FrontEndDependencies, responder: Responder): Express {
  const { service, access, corsOrigins = [] } = deps;
  const { admission } = service;
  const app = express().disable('x-powered-by').set('etag', false).set('query parser', 'simple');
  const get = (path: string, handler: Handler, ...before: RequestHandler[]): void => {
    app
      .route(path)
      .get(...before, responder.respond(handler))
      .all(onlyAllow('GET, HEAD'));
  };
  const post = (path: string, handler: Handler, ...before: RequestHandler[]): void => {
    app
      .route(path)
      .post(...before, jsonBody, responder.respond(handler))
      .all(onlyAllow('POST'));
  };

  app.use(closeConnections(admission), keepPrivate, allowOrigins(corsOrigins));
  app.use(serveLocalOnly(access, corsOrigins));
  get('/healthz', getHealth);
  get('/readyz', getReadiness(deps));
  app.use(authenticate(access));
  get('/openapi.json', getOpenApi());
  get('/metrics', getMetrics(deps));
  post('/v1/conversations', createConversation(service), allow('turns'), admit(admission));
  get('/v1/conversations/:id', getConversation(service), allowConversation('read'));
  post('/v1/conversations/:id/turns', postTurn(service), allowConversation('turns'), admit(admission));
  get('/v1/conversations/:id/events', getConversationEvents(deps), allowConversation('read'));
  post('/v1/conversations/:id/tokens', createToken(deps), allowConversation('turns'));
  get('/v1/turns/:id', getTurn(service), allowTurn('read', service));
  post('/v1/turns/:id/interrupt', interruptTurn(service), allowTurn('turns', service));
  post('/v1/turns/:id/playout', reportPlayout(service), allowTurn('turns', service));
  get('/v1/turns/:id/events', getEvents(deps), allowTurn('read', service));
  get('/v1/turns/:id/audio', getAudio(service), allowTurn('read', service));
  app.use((request) => {
    throw problems.unknownRoute(request.method, request.path);
  });
  app.use(answerProblems(deps));
  return app;
}

/** Lets a request pass that begins something, unless the process stops. It counts until its response is over. */
function admit(admission: Admission): RequestHandler {
  return (_request, response, next) => {
    const admitted = admission.admit();
    response.once('close', () => admitted[Symbol.dispose]());
    next();
  };
}

/** A connection that is kept would be closed under the client's next request, which may be a report of an open turn. */
function closeConnections(admission: Admission): RequestHandler {
  return (_request, response, next) => {
    if (admission.isStopping) response.set('Connection', 'close');
    next();
  };
}

/** Answers have what callers said, and an address may have a token. */
const keepPrivate: RequestHandler = (_request, response, next) => {
  response.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
  next();
};

function onlyAllow(methods: string): RequestHandler {
  return (request) => {
    throw problems.methodNotAllowed(request.method, methods);
  };
}

function answerProblems({ logger, loop }: FrontEndDependencies): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const problem = named(toProblem(error), loop);
    if (problem.status === 500 || problem.slug === 'temporal-refused') {
      logger.error({ err: error, path: request.path, by: senderOf(request) }, 'A request failed');
    }
    if (response.headersSent) {
      next(error);
      return;
    }
    response.status(problem.status).set(problem.extras.headers ?? {});
    response.type('application/problem+json').send(JSON.stringify(problem.toDocument()));
  };
}

/** Where this process stood still meanwhile, it is not Temporal that took too long. */
function named(problem: Problem, loop: EventLoop | undefined): Problem {
  const why = problem.slug === 'temporal-unreachable' ? whyLate(loop) : undefined;
  return why === undefined ? problem : problems.processHeld(why);
}
