import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import * as problems from './problems.ts';

/** Lets requests pass that carry one of the keys; where there are none, all of them. */
export function authenticate(apiKeys: readonly string[]): RequestHandler {
  const digests = apiKeys.map(digest);
  return (request, _response, next) => {
    if (digests.length > 0 && !isKnown(digests, request.headers.authorization)) throw problems.missingKey();
    next();
  };
}

/** Every key is compared, in constant time: how long it takes says nothing about any of them. */
function isKnown(digests: readonly Buffer[], header: string | undefined): boolean {
  const sent = digest(/^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? '');
  return digests.filter((known) => timingSafeEqual(known, sent)).length > 0;
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
