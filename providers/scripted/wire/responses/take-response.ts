import { orderedMessage, planAnswer, readBody, type ServerState } from '../../planned-answer.ts';
import { sendError } from '../error-answer.ts';
import { type Exchange, streamAnswer } from '../exchange.ts';
import { findRefusal } from '../refusals.ts';
import { countTokens } from '../tokens.ts';
import { checkResponsesRequest } from './check-responses-request.ts';
import { type ResponsesRequest, toChatRequest } from './responses-request.ts';
import { ResponseEvents } from './responses-wire.ts';

const EVENT_STREAM = 'text/event-stream; charset=utf-8';
const GARBAGE = 'event: response.output_text.delta\ndata: {"type": "response.outp\n\n';

/** Answers `POST /v1/responses`. */
export async function takeResponse(exchange: Exchange, state: ServerState): Promise<void> {
  const body = await readBody<ResponsesRequest>(exchange);
  if (body === undefined) return;
  const { stored } = state;
  const fault =
    checkResponsesRequest(body, stored) ?? findRefusal(toChatRequest(body, stored), state.script.refuses ?? []);
  if (fault !== undefined) return sendError(exchange.response, { status: 400, ...fault });
  state.requests.responses.add(body, exchange);
  const chat = toChatRequest(body, stored);
  const planned = planAnswer(exchange, state, { endpoint: 'responses', chat });
  if (!planned) return;
  const events = new ResponseEvents(body.model, body.store === false ? undefined : stored);
  const pieces = events.reply(planned.reply);
  const { code = 'server_error' } = planned.failure ?? {};
  const errorEvent = events.error(code, orderedMessage(exchange, chat.messages.at(-1)?.content ?? ''));
  const garbage = { contentType: EVENT_STREAM, text: GARBAGE };
  const ending = events.end(planned.reply, countTokens(body.input), pieces.length);
  await streamAnswer(exchange, { contentType: EVENT_STREAM, pieces, ending, garbage, errorEvent }, planned);
}
