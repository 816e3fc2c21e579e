import { randomUUID } from 'node:crypto';
import { type AcceptedTurn, InterruptTurn, ReportPlayout, StartTurn } from '../../contract/http.ts';
import type { TurnService } from '../../service/turn-service.ts';
import { requireKey } from '../access/identity.ts';
import { identityOf } from './authenticate.ts';
import * as problems from './problems.ts';
import { idempotencyKey, parseBody, pathId, preferredWait, traceContext } from './request.ts';
import type { Handler, Reply } from './responder.ts';

const WORDS = `the caller's words go in {"input":{"text":"…"}}`;

/** `POST /v1/conversations/:id/turns` */
export function postTurn(service: TurnService): Handler {
  return async (request, signal) => {
    if (request.body === undefined) throw problems.missingTurn();
    const body = parseBody(StartTurn, request.body, { text: WORDS, input: WORDS });
    // The model takes it for facts.
    if (body.context !== undefined) requireKey(identityOf(request), "send 'context'");
    const key = idempotencyKey(request);
    const trace = traceContext(request);
    const accepted = await service.post({ conversationId: pathId(request), body, key, trace, signal });
    const seconds = preferredWait(request);
    if (seconds === undefined) return reply(202, accepted);
    const waited = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1_000)]);
    const turn = await service.ended(accepted.id, waited);
    const headers = { 'Preference-Applied': `wait=${seconds}` };
    return turn ? reply(200, turn, headers) : reply(202, accepted, headers);
  };
}

/** `GET /v1/turns/:id` */
export function getTurn(service: TurnService): Handler {
  return async (request) => ({ status: 200, body: await service.turn(pathId(request)) });
}

/** `POST /v1/turns/:id/interrupt` */
export function interruptTurn(service: TurnService): Handler {
  return async (request) => {
    const { id = randomUUID(), speech, heardMs } = parseBody(InterruptTurn, request.body);
    const asked = { id, ...(speech !== undefined && { speech }), ...(heardMs !== undefined && { heardMs }) };
    const body = await service.interrupt(pathId(request), asked);
    return { status: body.recorded ? 200 : 202, body };
  };
}

/** `POST /v1/turns/:id/playout` */
export function reportPlayout(service: TurnService): Handler {
  return async (request) => {
    const report = parseBody(ReportPlayout, request.body);
    return { status: 200, body: await service.report(pathId(request), report) };
  };
}

function reply(status: number, body: AcceptedTurn, headers: Record<string, string> = {}): Reply {
  return { status, headers: { Location: `/v1/turns/${body.id}`, ...headers }, body };
}
