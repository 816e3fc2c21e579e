import type { ServerResponse } from 'node:http';
import { orderedMessage, planAnswer, readBody, type ServerState } from '../../planned-answer.ts';
import type { ErrorAnswer } from '../error-answer.ts';
import { type Exchange, streamAnswer } from '../exchange.ts';
import { findRefusal } from '../refusals.ts';
import { countTokens } from '../tokens.ts';
import { checkMessagesRequest } from './check-messages-request.ts';
import { mayThink, type MessagesRequest, toChatRequest } from './messages-request.ts';
import { toMessageEnd, toMessageError, toMessageEvents } from './messages-wire.ts';

const EVENT_STREAM = 'text/event-stream; charset=utf-8';
const GARBAGE = 'event: content_block_delta\ndata: {"type": "content_bl\n\n';

const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

/** Answers `POST /v1/messages`. */
export async function takeMessages(exchange: Exchange, state: ServerState): Promise<void> {
  const body = await readBody<MessagesRequest>(exchange);
  if (body === undefined) return;
  const chat = toChatRequest(body);
  const message = checkMessagesRequest(body) ?? findRefusal(chat, state.script.refuses ?? [])?.message;
  if (message !== undefined) return sendError(exchange.response, { status: 400, message });
  state.requests.messages.add(body, exchange);
  const planned = planAnswer(exchange, state, { endpoint: 'messages', chat, sendError });
  if (!planned) return;
  const written = { reply: planned.reply, thinks: mayThink(body) };
  const pieces = toMessageEvents(body.model, written, countTokens(body.messages));
  const { code = 'api_error' } = planned.failure ?? {};
  const errorEvent = toMessageError(code, orderedMessage(exchange, chat.messages.at(-1)?.content ?? ''));
  const garbage = { contentType: EVENT_STREAM, text: GARBAGE };
  const ending = toMessageEnd(written, pieces.length);
  await streamAnswer(exchange, { contentType: EVENT_STREAM, pieces, ending, garbage, errorEvent }, planned);
}

function sendError(response: ServerResponse, { status, message, code }: ErrorAnswer): void {
  const type = code ?? TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ type: 'error', error: { type, message } }));
}
