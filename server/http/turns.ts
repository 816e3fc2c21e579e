import { type AcceptedTurn, limits, StartTurn } from '../../contract/http.ts';
import type { FrontEndDependencies } from './front-end.ts';
import { pathId } from './path-id.ts';
import { preferredWait } from './prefer.ts';
import * as problems from './problems.ts';
import { readTurn } from '../../record/read-turn.ts';
import { parseBody } from './request-body.ts';
import type { Handler, Reply } from './responder.ts';
import type { TurnStarter } from '../../service/turn-posts.ts';
import { waitForEnd } from '../../record/wait-for-end.ts';

/** `POST /v1/conversations/:id/turns` */
export function postTurn(deps: FrontEndDependencies, starter: TurnStarter): Handler {
  return async (request, signal) => {
    const body = parseBody(StartTurn, request.body ?? {});
    if (!body.input && deps.agent.terms.greeting === undefined) throw problems.noGreeting(deps.agent.name);
    const key = checkedKey(request.get('Idempotency-Key'));
    const accepted = await starter.post({ conversationId: pathId(request), body, key, signal });
    const seconds = preferredWait(request.get('Prefer'));
    if (seconds === undefined) return reply(202, accepted);
    const waited = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1_000)]);
    const ended = await waitForEnd(deps.client, accepted.id, { signal: waited });
    const turn = ended ? await readTurn(deps, accepted.id) : undefined;
    const headers = { 'Preference-Applied': `wait=${seconds}` };
    return turn ? reply(200, turn, headers) : reply(202, accepted, headers);
  };
}

/** `GET /v1/turns/:id` */
export function getTurn(deps: FrontEndDependencies): Handler {
  return async (request) => {
    const id = pathId(request);
    const turn = await readTurn(deps, id);
    if (!turn) throw problems.unknownTurn(id);
    return { status: 200, body: turn };
  };
}

function checkedKey(key: string | undefined): string | undefined {
  if (key === undefined) return undefined;
  if (key === '' || key.length > limits.idempotencyKeyCharacters) throw problems.invalidKey();
  return key;
}

function reply(status: number, body: AcceptedTurn, headers: Record<string, string> = {}): Reply {
  return { status, headers: { Location: `/v1/turns/${body.id}`, ...headers }, body };
}
