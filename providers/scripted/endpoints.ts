import { text as readText } from 'node:stream/consumers';
import { answerChat, answerSpeech } from './wire/answers.ts';
import type { ChatRequest, VoiceRequest } from './wire/chat-request.ts';
import { checkChatRequest } from './wire/check-chat-request.ts';
import { findRefusal } from './wire/refusals.ts';
import { sendError } from './wire/error-answer.ts';
import { createPace, type Exchange } from './wire/exchange.ts';
import type { Failure, FailurePlan } from './failure-plan.ts';
import type { HoldPlan } from './hold-plan.ts';
import { apiKeyOf, type RequestLog } from './request-log.ts';
import { viewRequest } from './request-view.ts';
import { planReply, type Script, takeSpeechDialect } from './script.ts';
import { asWav } from './voice/speech-dialects.ts';
import type { ScriptedVoice } from './voice/scripted-voice.ts';
import type { VoiceDelays } from './voice-delays.ts';

/** What the endpoints of one server share. */
export interface ServerState {
  readonly script: Script;
  readonly failures: FailurePlan;
  readonly holds: HoldPlan;
  readonly voiceDelays: VoiceDelays;
  readonly voice: ScriptedVoice;
  readonly speechChunkBytes: number;
  readonly requests: { readonly chat: RequestLog<ChatRequest>; readonly speech: RequestLog<VoiceRequest> };
}

const MODELS = ['scripted'];
const FORMATS: readonly unknown[] = ['pcm', 'wav'];

export async function route(exchange: Exchange, state: ServerState): Promise<void> {
  const { method, url = '' } = exchange.request;
  switch (`${method} ${url}`) {
    case 'POST /v1/chat/completions':
      return takeChat(exchange, state);
    case 'POST /v1/audio/speech':
      return takeSpeech(exchange, state);
    case 'GET /v1/models':
      return listModels(exchange);
    default:
      sendError(exchange.response, { status: 404, message: `Unknown request: ${method} ${url}`, code: 'unknown_url' });
  }
}

async function takeChat(exchange: Exchange, state: ServerState): Promise<void> {
  const { response, signal } = exchange;
  const body = await readBody<ChatRequest>(exchange);
  if (body === undefined) return;
  const fault = checkChatRequest(body) ?? findRefusal(body, state.script.refuses ?? []);
  if (fault !== undefined) return sendError(response, { status: 400, ...fault });
  state.requests.chat.add(body, exchange);
  const view = viewRequest(body);
  const planned = planReply(state.script, view);
  const failure = state.failures.take('chat') ?? planned.failure;
  if (failure?.kind === 'status') return sendOrdered(exchange, failure, view.user);
  state.voiceDelays.remember(planned.reply.text ?? '', planned.delays);
  const { firstTokenMs, tokenMs } = planned.delays;
  const pace = state.holds.take('chat', createPace(firstTokenMs, tokenMs, signal), signal);
  await answerChat(exchange, body, { ...planned, pace, failure });
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
  if (failure?.kind === 'status') return sendOrdered(exchange, failure, body.input);
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

/** The message repeats the key and the caller's words, as some servers do: no log of ours may show them. */
function sendOrdered(exchange: Exchange, { status = 500, headers = {}, code }: Failure, words: string): void {
  const message = `Ordered failure for the key '${apiKeyOf(exchange.request)}' and the words '${words}'.`;
  for (const [name, value] of Object.entries(headers)) exchange.response.setHeader(name, value);
  sendError(exchange.response, { status, message, ...(code !== undefined && { code }) });
}

async function readBody<Body>({ request, response }: Exchange): Promise<Body | undefined> {
  const text = await readText(request);
  try {
    return JSON.parse(text) as Body;
  } catch {
    sendError(response, { status: 400, message: 'The body is not JSON.' });
    return undefined;
  }
}
