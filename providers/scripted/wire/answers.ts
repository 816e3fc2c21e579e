import { ChatEvents, DONE_EVENT, finishReasonOf, GARBAGE_EVENT, toDeltas } from './chat-wire.ts';
import { byTheBook, type Dialect } from './dialects.ts';
import type { ChatRequest } from './chat-request.ts';
import { type Exchange, streamAnswer, type StreamTerms } from './exchange.ts';
import type { SpeechBytes } from '../voice/speech-dialects.ts';
import type { ScriptedReply } from '../scripted-reply.ts';
import { countTokens } from './tokens.ts';

const EVENT_STREAM = 'text/event-stream; charset=utf-8';
const NOT_AUDIO = { contentType: 'text/html', text: '<html><body>Bad gateway</body></html>' };

/** Streams one reply as server-sent events of chat completion chunks. */
export async function answerChat(
  exchange: Exchange,
  body: ChatRequest,
  terms: StreamTerms & { reply: ScriptedReply; dialect?: Dialect | undefined },
): Promise<void> {
  const { reply, dialect = byTheBook } = terms;
  const events = new ChatEvents(body.model);
  const deltas = toDeltas(reply);
  const { pieces, ending, heartbeat } = dialect({ deltas, finishReason: finishReasonOf(reply), events });
  const promptTokens = countTokens(body.messages);
  const usage = body.stream_options?.include_usage === true ? events.usage(promptTokens, deltas.length) : '';
  await streamAnswer(
    exchange,
    {
      contentType: EVENT_STREAM,
      pieces,
      ending: ending.replace(DONE_EVENT, usage + DONE_EVENT),
      ...(heartbeat !== undefined && { heartbeat }),
      garbage: { contentType: EVENT_STREAM, text: GARBAGE_EVENT },
    },
    terms,
  );
}

/** Streams speech in chunks; an odd `chunkBytes` splits samples, as networks do. */
export async function answerSpeech(
  exchange: Exchange,
  { contentType, bytes }: SpeechBytes,
  terms: StreamTerms & { chunkBytes: number },
): Promise<void> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += terms.chunkBytes) pieces.push(bytes.subarray(at, at + terms.chunkBytes));
  await streamAnswer(exchange, { contentType, pieces, ending: '', garbage: NOT_AUDIO }, terms);
}
