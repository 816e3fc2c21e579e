import { CreateConversation } from '../../contract/http.ts';
import { newConversationId, type TurnService } from '../../service/turn-service.ts';
import { requireConversation, requireKey } from '../access/identity.ts';
import { identityOf } from './authenticate.ts';
import { parseBody, pathId } from './request.ts';
import type { Handler } from './responder.ts';

/** `POST /v1/conversations` */
export function createConversation(service: TurnService): Handler {
  return async (request) => {
    const identity = identityOf(request);
    // Its metadata say who the caller is.
    requireKey(identity, 'create conversations');
    const asked = parseBody(CreateConversation, request.body);
    const { id = newConversationId(identity.prefix) } = asked;
    requireConversation(identity, id);
    const { conversation, isNew } = await service.createConversation({ ...asked, id });
    const headers = { Location: `/v1/conversations/${conversation.id}` };
    return { status: isNew ? 201 : 200, headers, body: conversation };
  };
}

/** `GET /v1/conversations/:id` */
export function getConversation(service: TurnService): Handler {
  return async (request) => ({ status: 200, body: await service.conversation(pathId(request)) });
}
