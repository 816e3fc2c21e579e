import type { Request, RequestHandler } from 'express';
import type { Access } from '../access/access.ts';
import { isAllowedOrigin } from './cors.ts';
import * as problems from './problems.ts';

/**
 * A server without keys trusts who reaches it: the programs of this machine. A web page that its user visits runs there too,
 * so requests that a foreign page makes are refused unless its origin is allowed, by the three things a page cannot set: `Origin`, `Sec-Fetch-Site`, and,
 * for a page whose name was made to point to this machine (DNS rebinding), `Host`.
 */
export function serveLocalOnly(access: Pick<Access, 'isOpen'>, corsOrigins: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    if (access.isOpen) check(request, corsOrigins);
    next();
  };
}

function check(request: Request, corsOrigins: readonly string[]): void {
  const { host, origin } = request.headers;
  if (host !== undefined && !isLoopback(`http://${host}`)) throw problems.foreignHost(host);
  if (origin === undefined) {
    if (request.get('Sec-Fetch-Site') === 'cross-site' && !isOpenedByUser(request)) throw problems.crossSite();
    return;
  }
  if (isAllowedOrigin(corsOrigins, origin)) return;
  if (!isLoopback(origin)) throw problems.foreignOrigin(origin);
  // A page of another local server: what it posts must be of a type that browsers ask about first.
  const isOther = origin !== `http://${host}`;
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
