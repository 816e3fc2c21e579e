import type { Request, RequestHandler } from 'express';
import type { Scope } from '../../contract/access.ts';
import type { TurnService } from '../../service/turn-service.ts';
import { isRestricted, mayUse, requireConversation, requireScope } from '../access/identity.ts';
import { identityOf } from './authenticate.ts';
import * as problems from './problems.ts';
import { pathId } from './request.ts';

/** Lets requests pass whose sender has the scope. */
export function allow(scope: Scope): RequestHandler {
  return (request, _response, next) => {
    requireScope(identityOf(request), scope);
    next();
  };
}

/** Lets requests pass whose sender has the scope, for the conversation of the path. */
export function allowConversation(scope: Scope): RequestHandler {
  return (request, _response, next) => {
    const identity = identityOf(request);
    requireScope(identity, scope);
    requireConversation(identity, pathId(request));
    next();
  };
}

/** Lets requests pass whose sender has the scope, for the conversation of the path's turn. */
export function allowTurn(scope: Scope, service: Pick<TurnService, 'conversationOf'>): RequestHandler {
  return (request, _response, next) => {
    const identity = identityOf(request);
    requireScope(identity, scope);
    if (!isRestricted(identity)) {
      next();
      return undefined;
    }
    const named = service.conversationOf(pathId(request));
    if (typeof named !== 'string') return checkUnnamed(request, named).then(() => next());
    requireConversation(identity, named);
    next();
    return undefined;
  };
}

/** A turn whose id does not name its conversation: whether it is there is told only to those who may use it. */
async function checkUnnamed(request: Request, conversation: Promise<string | undefined>): Promise<void> {
  const found = await conversation;
  if (found === undefined || !mayUse(identityOf(request), found)) throw problems.unknownTurn(pathId(request));
}
