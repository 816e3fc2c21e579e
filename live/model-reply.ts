import { ProviderFailure } from '../providers/failure.ts';
import type { LanguageModel, ModelRequest } from '../providers/model.ts';
import type { Clock } from './clock.ts';
import { withPatience } from './patience.ts';
import { type CallPiece, type ReplyCall, ReplyCalls } from './reply-calls.ts';
import type { RoundWords } from './round-words.ts';

export interface ReplySetting {
  readonly model: LanguageModel;
  /** Longest silence of the model before it counts as failed. */
  readonly patienceMs: number;
  readonly clock: Clock;
  /** Asked when the model has failed for good. */
  readonly fallbackModel: string | undefined;
  readonly signal: AbortSignal;
  /** Takes what the reply says, as it comes. */
  readonly words: RoundWords;
  /** How much its calls may come to: names and arguments, in characters. */
  readonly maxCallsChars: number;
  /** Told of the calls while the reply is still written. */
  readonly follower?: CallFollower;
}

export interface CallFollower {
  /** Another reply begins: nothing of an earlier one, which broke off, counts any more. */
  readonly restart: () => void;
  /** The call in this place is all there. */
  readonly complete: (place: number, call: ReplyCall) => void;
  /** The call in this place was all there and goes on: it is another one than it seemed. */
  readonly spoil: (place: number) => void;
}

const GO_ON =
  'The line broke while you were speaking. The caller heard your last message; go on exactly where it ends, and repeat nothing of it.';

/**
 * One reply of the model: its words go where they are said, its calls come back. A failure that may pass is tried once
 * more at once, then the fallback model is asked, if there is one; if words were said before, it is asked to go on from
 * there. Throws the last failure.
 */
export async function streamReply(request: ModelRequest, setting: ReplySetting): Promise<readonly ReplyCall[]> {
  const { fallbackModel, words } = setting;
  const ask = async (model: string): Promise<readonly ReplyCall[]> =>
    readReply({ ...(words.isWordless ? request : goOn(request, words.text)), model }, setting);
  try {
    return await ask(request.model).catch((error: unknown) => {
      if (error instanceof ProviderFailure && error.retryable) return ask(request.model);
      throw error;
    });
  } catch (error) {
    if (!(error instanceof ProviderFailure) || fallbackModel === undefined) throw error;
    return ask(fallbackModel);
  }
}

async function readReply(request: ModelRequest, setting: ReplySetting): Promise<readonly ReplyCall[]> {
  const { model, patienceMs, clock, signal, words, follower, maxCallsChars } = setting;
  const calls = new ReplyCalls(maxCallsChars);
  words.restart();
  follower?.restart();
  const open = (inner: AbortSignal) => model.reply(request, inner);
  for await (const chunk of withPatience(open, { of: 'The model', patienceMs, clock, signal })) {
    signal.throwIfAborted();
    if (chunk.type === 'text') words.own(chunk.text);
    else takePiece(chunk, calls, setting);
    // As it stands it is complete, as one is that ran into `maxTokens`.
    if (words.isFull || calls.isFull) break;
  }
  if (words.isWordless && calls.size === 0) {
    throw new ProviderFailure('The model sent an empty reply', { retryable: true });
  }
  return calls.all;
}

function takePiece(piece: CallPiece, calls: ReplyCalls, { words, follower }: ReplySetting): void {
  const taken = calls.take(piece);
  if (!taken) return;
  const { place, change } = taken;
  words.argument(place, piece.arguments);
  const call = change === 'whole' ? calls.at(place) : undefined;
  if (call) follower?.complete(place, call);
  else if (change === 'spoilt') follower?.spoil(place);
}

function goOn(request: ModelRequest, said: string): ModelRequest {
  const messages = [
    ...request.messages,
    { role: 'assistant', text: said, calls: [] } as const,
    { role: 'system', text: GO_ON } as const,
  ];
  return { ...request, messages };
}
