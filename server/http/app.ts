import type { Express, RequestHandler } from 'express';
import type { Admission } from '../../service/admission.ts';
import { getAudio } from './audio.ts';
import { authenticate } from './authenticate.ts';
import { allow, allowConversation, allowTurn } from './authorize.ts';
import { allowOrigins } from './cors.ts';
import { createConversation, getConversation } from './conversations.ts';
import { getConversationEvents, getEvents } from './events.ts';
import type { FrontEndDependencies } from './front-end.ts';
import { getHealth, getReadiness } from './health.ts';
import { serveLocalOnly } from './local-only.ts';
import { getMetrics } from './metrics.ts';
import { getOpenApi } from './openapi/document.ts';
import type { Responder } from './responder.ts';
import { answerRest, createBareApp, keepPrivate, routesOf } from './routes.ts';
import { createToken } from './tokens.ts';
import { getTurn, interruptTurn, postTurn, reportPlayout } from './turns.ts';

/** The routes of the HTTP front end. */
export function createApp(deps: FrontEndDependencies, responder: Responder): Express {
  const { service, access, corsOrigins = [] } = deps;
  const { admission } = service;
  const app = createBareApp();
  const { get, post } = routesOf(app, responder);

  app.use(closeConnections(admission), keepPrivate, allowOrigins(corsOrigins));
  app.use(serveLocalOnly(access, corsOrigins));
  get('/healthz', getHealth);
  get('/readyz', getReadiness({ ...deps, isStopping: () => admission.isStopping, ask: () => service.reachTemporal() }));
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
  answerRest(app, deps);
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
