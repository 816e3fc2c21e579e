import type { RequestHandler } from 'express';

/** What pages may send besides what every page may. */
const REQUEST_HEADERS = 'Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Prefer, traceparent';
/** What their scripts may read of an answer besides its status, type and body. */
const RESPONSE_HEADERS = 'Location, Preference-Applied, Retry-After, WWW-Authenticate';
/** How long a browser need not ask again: the longest that Chromium keeps it. */
const MAX_AGE_SECONDS = 7_200;

export function isAllowedOrigin(allowed: readonly string[], origin: string): boolean {
  return allowed.includes('*') || allowed.includes(origin);
}

/**
 * Lets pages of other origins use the API. Who asks is told by a key or a token and never by a cookie, so that a page can do
 * only what its user could do without it. A page of any other origin gets the answers that it would get anyway, and its browser keeps
 * them from it.
 */
export function allowOrigins(allowed: readonly string[]): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers;
    if (allowed.length > 0) response.vary('Origin');
    if (origin === undefined || !isAllowedOrigin(allowed, origin)) {
      next();
      return;
    }
    response.set('Access-Control-Allow-Origin', allowed.includes('*') ? '*' : origin);
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      response.set('Access-Control-Expose-Headers', RESPONSE_HEADERS);
      next();
      return;
    }
    response.set({
      'Access-Control-Allow-Methods': 'GET, HEAD, POST',
      'Access-Control-Allow-Headers': REQUEST_HEADERS,
      'Access-Control-Max-Age': String(MAX_AGE_SECONDS),
    });
    response.status(204).end();
  };
}
