import type { Request, RequestHandler } from 'express';
import type { Access, Credential } from '../access/access.ts';
import { type Identity, LOCAL, nameOf } from '../access/identity.ts';
import { AccessRefused } from '../access/refused-access.ts';

const identities = new WeakMap<Request, Identity>();

/** Lets requests pass whose sender is known; `identityOf` says who that is. */
export function authenticate(access: Access): RequestHandler {
  return (request, _response, next) => {
    identities.set(request, access.identify(credentialOf(request)));
    next();
  };
}

/** Who sent a request that was let in. */
export function identityOf(request: Request): Identity {
  const identity = identities.get(request);
  if (!identity) throw new Error('A request was not authenticated');
  return identity;
}

/** Who sends a request now: its key may have been withdrawn since it was let in. Undefined where it would be refused. */
export function senderNow(request: Request, access: Access): Identity | undefined {
  try {
    return access.identify(credentialOf(request));
  } catch (error) {
    if (error instanceof AccessRefused) return undefined;
    throw error;
  }
}

/** For logs. */
export function senderOf(request: Request): string | undefined {
  const identity = identities.get(request);
  return identity === undefined || identity === LOCAL ? undefined : nameOf(identity);
}

function credentialOf(request: Request): Credential {
  const { authorization } = request.headers;
  const { access_token: token } = request.query;
  return {
    // Another scheme, or no key at all, is a wrong key.
    bearer: authorization === undefined ? undefined : (/^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? ''),
    inAddress: token === undefined || typeof token === 'string' ? token : '',
  };
}
