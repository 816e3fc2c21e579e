import { CreateToken } from '../../contract/access.ts';
import { nameOf, requireKey } from '../access/identity.ts';
import { identityOf } from './authenticate.ts';
import type { FrontEndDependencies } from './front-end.ts';
import { parseBody, pathId } from './request.ts';
import type { Handler } from './responder.ts';

/** `POST /v1/conversations/:id/tokens` */
export function createToken({ access, service, logger }: FrontEndDependencies): Handler {
  return async (request) => {
    const maker = identityOf(request);
    requireKey(maker, 'create tokens');
    const asked = parseBody(CreateToken, request.body);
    const conversation = pathId(request);
    const body = access.createToken(maker, conversation, asked);
    await service.conversation(conversation);
    const { expiresAt, scopes } = body;
    logger.info({ by: nameOf(maker), conversation, scopes, expiresAt }, 'A token was created');
    return { status: 201, body };
  };
}
