import type { Request, RequestHandler } from 'express';
import * as problems from './problems.ts';

/**
 * A server without keys trusts who reaches it: the programs of this machine. A web page that its user visits runs there too,
 * so requests that a foreign page makes are refused, by the three things a page cannot set: `Origin`, `Sec-Fetch-Site`, and,
 * for a page whose name was made to point to this machine (DNS rebinding), `Host`.
 */
export function serveLocalOnly(apiKeys: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    if (apiKeys.length === 0) check(request);
    next();
  };
}

function check(request: Request): void {
  const { host, origin } = request.headers;
  if (host !== undefined && !isLoopback(`http://${host}`)) throw problems.foreignHost(host);
  if (origin !== undefined && !isLoopback(origin)) throw problems.foreignOrigin(origin);
  if (request.get('Sec-Fetch-Site') === 'cross-site' && !isOpenedByUser(request)) throw problems.crossSite();
  // A page of another local server: what it posts must be of a type that browsers ask about first.
  const isOther = origin !== undefined && origin !== `http://${host}`;
  if (isOther && request.method === 'POST' && !/^application\/json\b/i.test(request.get('Content-Type') ?? '')) {
    throw problems.notJson();
  }
}

/** A link that somebody follows shows a document, and no page reads it. */
function isOpenedByUser(request: Request): boolean {
  return request.method === 'GET' && request.get('Sec-Fetch-Dest') === 'document';
}

function isLoopback(url: string): boolean {
  const hostname = URL.canParse(url) ? new URL(url).hostname : '';
  return /^(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}
