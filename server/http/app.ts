import express from 'express';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import type { Admission } from './admission.ts';
import { whyLate } from '../../record/ask-temporal.ts';
import { getAudio } from './audio.ts';
import { authenticate } from './authenticate.ts';
import { createConversation, getConversation } from './conversations.ts';
import { getEvents } from './events.ts';
import type { ForwardedInterrupts } from '../../record/forwarded-interrupts.ts';
import type { EventLoop, FrontEndDependencies } from './front-end.ts';
import { getHealth, getReadiness } from './health.ts';
import { interruptTurn } from './interrupt.ts';
import { KnownConversations } from '../../conversations/known-conversations.ts';
import { getOpenApi } from './openapi.ts';
import { getMetrics } from './metrics.ts';
import { reportPlayout } from './playout.ts';
import type { Problem } from './problem.ts';
import * as problems from './problems.ts';
import { serveLocalOnly } from './local-only.ts';
import { jsonBody } from './request-body.ts';
import type { Handler, Responder } from './responder.ts';
import { toProblem } from './to-problem.ts';
import { TurnStarter } from '../../service/turn-posts.ts';
import { getTurn, postTurn } from './turns.ts';

interface Serving {
  readonly responder: Responder;
  readonly admission: Admission;
  readonly forwarded: ForwardedInterrupts;
}

/** The routes of the front end. */
export function createApp(deps: FrontEndDependencies, { responder, admission, forwarded }: Serving): Express {
  const known = new KnownConversations(deps.maxKnownConversations);
  deps.turns.onOpen = (turn) => known.meet(turn);
  const starter = new TurnStarter({ deps, known, forwarded });
  const app = express().disable('x-powered-by').set('etag', false).set('query parser', 'simple');
  const get = (path: string, handler: Handler): void => {
    app.route(path).get(responder.respond(handler)).all(onlyAllow('GET, HEAD'));
  };
  const post = (path: string, handler: Handler, ...before: RequestHandler[]): void => {
    app
      .route(path)
      .post(...before, jsonBody, responder.respond(handler))
      .all(onlyAllow('POST'));
  };

  app.use(admission.closeConnections);
  app.use(serveLocalOnly(deps.apiKeys));
  get('/healthz', getHealth);
  get('/readyz', getReadiness(deps, admission));
  app.use(authenticate(deps.apiKeys));
  get('/openapi.json', getOpenApi());
  get('/metrics', getMetrics(deps.metrics, deps.turns));
  post('/v1/conversations', createConversation(deps, known), admission.admit);
  get('/v1/conversations/:id', getConversation(deps));
  post('/v1/conversations/:id/turns', postTurn(deps, starter), admission.admit);
  get('/v1/turns/:id', getTurn(deps));
  post('/v1/turns/:id/interrupt', interruptTurn(deps, forwarded));
  post('/v1/turns/:id/playout', reportPlayout(deps));
  get('/v1/turns/:id/events', getEvents(deps));
  get('/v1/turns/:id/audio', getAudio(deps));
  app.use((request) => {
    throw problems.unknownRoute(request.method, request.path);
  });
  app.use(answerProblems(deps));
  return app;
}

function onlyAllow(methods: string): RequestHandler {
  return (request) => {
    throw problems.methodNotAllowed(request.method, methods);
  };
}

function answerProblems({ logger, loop }: FrontEndDependencies): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const problem = named(toProblem(error), loop);
    if (problem.status === 500 || problem.slug === 'temporal-refused') {
      logger.error({ err: error, path: request.path }, 'A request failed');
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
