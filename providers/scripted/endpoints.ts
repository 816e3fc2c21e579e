import { answerChat, answerSpeech } from './wire/answers.ts';
import type { ChatRequest, VoiceRequest } from './wire/chat-request.ts';
import { checkChatRequest } from './wire/check-chat-request.ts';
import { findRefusal } from './wire/refusals.ts';
import { sendError } from './wire/error-answer.ts';
import { createPace, type Exchange } from './wire/exchange.ts';
import { takeSpeechDialect } from './script.ts';
import { asWav } from './voice/speech-dialects.ts';
import { planAnswer, readBody, sendOrdered, type ServerState } from './planned-answer.ts';
import { takeMessages } from './wire/anthropic/take-messages.ts';
import { takeResponse } from './wire/responses/take-response.ts';

const MODELS = ['scripted'];
const FORMATS: readonly unknown[] = ['pcm', 'wav'];

export async function route(exchange: Exchange, state: ServerState): Promise<void> {
  const { method, url = '' } = exchange.request;
  switch (`${method} ${url}`) {
    case 'POST /v1/chat/completions':
      return takeChat(exchange, state);
    case 'POST /v1/audio/speech':
      return takeSpeech(exchange, state);
    case 'POST /v1/messages':
      return takeMessages(exchange, state);
    case 'POST /v1/responses':
      return takeResponse(exchange, state);
    case 'GET /v1/models':
      return listModels(exchange);
    default:
      sendError(exchange.response, { status: 404, message: `Unknown request: ${method} ${url}`, code: 'unknown_url' });
  }
}

async function takeChat(exchange: Exchange, state: ServerState): Promise<void> {
  const body = await readBody<ChatRequest>(exchange);
  if (body === undefined) return;
  const fault = checkChatRequest(body) ?? findRefusal(body, state.script.refuses ?? []);
  if (fault !== undefined) return sendError(exchange.response, { status: 400, ...fault });
  state.requests.chat.add(body, exchange);
  const planned = planAnswer(exchange, state, { endpoint: 'chat', chat: body });
  if (planned) await answerChat(exchange, body, planned);
}

async function takeSpeech(exchange: Exchange, state: ServerState): Promise<void> {
  const { response, signal } = exchange;
  const body = await readBody<VoiceRequest>(exchange);
  if (body === undefined) return;
  if (!FORMATS.includes(body.response_format) || typeof body.input !== 'string' || body.input === '') {
    const message = "This server takes an 'input' that is not empty, and 'response_format' 'pcm' or 'wav'.";
    return sendError(response, {
      status: 400,
      message,
      param: FORMATS.includes(body.response_format) ? 'input' : 'response_format',
    });
  }
  state.requests.speech.add(body, exchange);
  const refusal = state.script.refusesSpeech?.(body);
  if (refusal) return sendError(response, { message: `Refused: '${body.input}'`, ...refusal });
  const failure = state.failures.take('speech');
  if (failure?.kind === 'status') return sendOrdered(exchange, failure, { words: body.input });
  const delays = state.voiceDelays.find(body.input) ?? state.script.delays;
  const pace = state.holds.take('speech', createPace(delays.voiceFirstMs, delays.voiceChunkMs, signal), signal);
  const pcm = await state.voice.synthesise(body.input, body.voice);
  const dialect = body.response_format === 'wav' ? asWav() : takeSpeechDialect(state.script);
  await answerSpeech(exchange, dialect(pcm), { pace, failure, chunkBytes: state.speechChunkBytes });
}

function listModels({ response }: Exchange): Promise<void> {
  const models = MODELS.map((id) => ({ id, object: 'model', created: 0, owned_by: 'legato' }));
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ object: 'list', data: models }));
  return Promise.resolve();
}
