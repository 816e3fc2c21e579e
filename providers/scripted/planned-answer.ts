import { text as readText } from 'node:stream/consumers';
import { createPace, type Exchange, type Pace } from './wire/exchange.ts';
import type { ChatRequest, VoiceRequest } from './wire/chat-request.ts';
import type { MessagesRequest } from './wire/anthropic/messages-request.ts';
import type { ResponsesRequest, StoredItems } from './wire/responses/responses-request.ts';
import { type ErrorAnswer, sendError } from './wire/error-answer.ts';
import type { Endpoint, Failure, FailurePlan } from './failure-plan.ts';
import type { HoldPlan } from './hold-plan.ts';
import { apiKeyOf, type RequestLog } from './request-log.ts';
import { viewRequest } from './request-view.ts';
import { type Planned, planReply, type Script } from './script.ts';
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
  readonly requests: {
    readonly chat: RequestLog<ChatRequest>;
    readonly speech: RequestLog<VoiceRequest>;
    readonly messages: RequestLog<MessagesRequest>;
    readonly responses: RequestLog<ResponsesRequest>;
  };
  /** Of the Responses wire: what the server was allowed to keep. */
  readonly stored: StoredItems;
}

/** What a model call gets, on whatever wire. */
export interface PlannedAnswer extends Planned {
  readonly pace: Pace;
}

type SendError = (exchange: Exchange['response'], error: ErrorAnswer) => void;

/** Undefined where the call was answered with a status. */
export function planAnswer(
  exchange: Exchange,
  state: ServerState,
  asked: { readonly endpoint: Endpoint; readonly chat: ChatRequest; readonly sendError?: SendError },
): PlannedAnswer | undefined {
  const { endpoint, chat } = asked;
  const view = viewRequest(chat);
  const planned = planReply(state.script, view);
  const failure = state.failures.take(endpoint) ?? planned.failure;
  if (failure?.kind === 'status') {
    sendOrdered(exchange, failure, { words: view.user, ...asked });
    return undefined;
  }
  state.voiceDelays.remember(planned.reply.text ?? '', planned.delays);
  const { firstTokenMs, tokenMs } = planned.delays;
  const pace = createPace(firstTokenMs, tokenMs, exchange.signal);
  return { ...planned, failure, pace: state.holds.take(endpoint, pace, exchange.signal) };
}

/** The message repeats the key and the caller's words, as some servers do: no log of ours may show them. */
export function sendOrdered(
  exchange: Exchange,
  { status = 500, headers = {}, code }: Failure,
  { words, sendError: send = sendError }: { readonly words: string; readonly sendError?: SendError },
): void {
  const message = orderedMessage(exchange, words);
  for (const [name, value] of Object.entries(headers)) exchange.response.setHeader(name, value);
  send(exchange.response, { status, message, ...(code !== undefined && { code }) });
}

export function orderedMessage({ request }: Exchange, words: string): string {
  return `Ordered failure for the key '${apiKeyOf(request)}' and the words '${words}'.`;
}

export async function readBody<Body>({ request, response }: Exchange): Promise<Body | undefined> {
  const text = await readText(request);
  try {
    return JSON.parse(text) as Body;
  } catch {
    sendError(response, { status: 400, message: 'The body is not JSON.' });
    return undefined;
  }
}
