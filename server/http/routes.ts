import express from 'express';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { type EventLoop, whyLate } from '../../time/request-patience.ts';
import { senderOf } from './authenticate.ts';
import type { Problem } from './problem.ts';
import * as problems from './problems.ts';
import { jsonBody } from './request.ts';
import type { Handler, Responder } from './responder.ts';
import { toProblem } from './to-problem.ts';

export function createBareApp(): Express {
  return express().disable('x-powered-by').set('etag', false).set('query parser', 'simple');
}

type AddRoute = (path: string, handler: Handler, ...before: RequestHandler[]) => void;

/** Routes of one method each; others are refused. */
export function routesOf(app: Express, responder: Responder): { readonly get: AddRoute; readonly post: AddRoute } {
  return {
    get: (path, handler, ...before) => {
      app
        .route(path)
        .get(...before, responder.respond(handler))
        .all(onlyAllow('GET, HEAD'));
    },
    post: (path, handler, ...before) => {
      app
        .route(path)
        .post(...before, jsonBody, responder.respond(handler))
        .all(onlyAllow('POST'));
    },
  };
}

/** Answers have what callers said, and an address may have a token. */
export const keepPrivate: RequestHandler = (_request, response, next) => {
  response.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
  next();
};

function onlyAllow(methods: string): RequestHandler {
  return (request) => {
    throw problems.methodNotAllowed(request.method, methods);
  };
}

export interface Faults {
  readonly logger: Logger;
  readonly loop?: EventLoop;
}

/** What no route takes, and what a route throws, is answered as a problem. To be called last. */
export function answerRest(app: Express, faults: Faults): void {
  app.use((request) => {
    throw problems.unknownRoute(request.method, request.path);
  });
  app.use(answerProblems(faults));
}

function answerProblems({ logger, loop }: Faults): ErrorRequestHandler {
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
