import { ProviderFailure } from '../../providers/failure.ts';
import type { ProviderState } from '../../contract/rounds.ts';
import type { LanguageModel, ModelRequest } from '../../providers/model.ts';
import type { Clock } from '../../time/clock.ts';
import { NoSignOfLife, withPatience } from '../../providers/patience.ts';
import { type CallPiece, type ReplyCall, ReplyCalls } from './reply-calls.ts';
import { ReplyState, withStateOf } from './reply-state.ts';
import type { RoundWords } from './round-words.ts';

export interface ReplySetting {
  readonly model: LanguageModel;
  /** Longest silence before the model's first sign of life. */
  readonly timeoutMs: number;
  /** Longest silence between two signs of life. */
  readonly patienceMs: number;
  readonly clock: Clock;
  /** Asked when the model has failed for good. */
  readonly fallbackModel: string | undefined;
  readonly signal: AbortSignal;
  /** Takes what the reply says, as it comes. */
  readonly words: RoundWords;
  /** How much its calls may come to: names and arguments, in characters. */
  readonly maxCallsChars: number;
  /** How large its state may be. */
  readonly maxStateBytes: number;
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

export interface Reply {
  readonly calls: readonly ReplyCall[];
  readonly state: ProviderState | undefined;
}

const GO_ON =
  'The line broke while you were speaking. The caller heard your last message; continue exactly where it ends, and do not repeat any of it.';

/**
 * One reply of the model: its words go where they are said, its calls and its state come back. Throws the last failure.
 *
 * 1. A model that gives no sign of life in time is left: the fallback model is asked, or without one the same again.
 * 2. Another failure that may pass is tried once more at once; if that fails too, the fallback model is asked.
 * 3. After a failure that stays only the fallback model is asked.
 * 4. Each try but the first has half the time to its first sign of life.
 * 5. If words were said before, the model is asked to go on from there.
 * 6. A model is sent the state that is its own, and no other's; of a reply that broke off none is kept.
 */
export async function streamReply(request: ModelRequest, setting: ReplySetting): Promise<Reply> {
  const { words, timeoutMs } = setting;
  const ask = async (model: string, within: ReplySetting): Promise<Reply> =>
    readReply({ ...(words.isWordless ? request : goOn(request, words.text)), model }, within);
  try {
    return await ask(request.model, setting);
  } catch (error) {
    return askOthers(error, { ...setting, timeoutMs: Math.ceil(timeoutMs / 2) }, { model: request.model, ask });
  }
}

interface Asking {
  /** That has failed. */
  readonly model: string;
  readonly ask: (model: string, within: ReplySetting) => Promise<Reply>;
}

async function askOthers(failed: unknown, setting: ReplySetting, { model: first, ask }: Asking): Promise<Reply> {
  let failure = failed;
  for (const model of modelsAfter(failure, first, setting.fallbackModel)) {
    try {
      return await ask(model, setting);
    } catch (error) {
      failure = error;
      if (!(error instanceof ProviderFailure)) break;
    }
  }
  throw failure;
}

/** The models that are to be asked after a failure of this one, one after the other, until one answers. */
function modelsAfter(failure: unknown, model: string, fallbackModel: string | undefined): readonly string[] {
  if (!(failure instanceof ProviderFailure)) return [];
  if (failure instanceof NoSignOfLife) return [fallbackModel ?? model];
  const fallback = fallbackModel === undefined ? [] : [fallbackModel];
  return failure.retryable ? [model, ...fallback] : fallback;
}

async function readReply(request: ModelRequest, setting: ReplySetting): Promise<Reply> {
  const { model, timeoutMs, patienceMs, clock, signal, words, follower, maxCallsChars, maxStateBytes } = setting;
  const owner = model.provider === undefined ? undefined : { provider: model.provider, model: request.model };
  const calls = new ReplyCalls(maxCallsChars);
  const state = new ReplyState(owner, maxStateBytes);
  const messages = withStateOf(owner, request.messages);
  words.restart();
  follower?.restart();
  const open = (inner: AbortSignal) => model.reply({ ...request, messages }, inner);
  for await (const chunk of withPatience(open, { of: 'The model', timeoutMs, patienceMs, clock, signal })) {
    signal.throwIfAborted();
    if (chunk.type === 'text') words.own(chunk.text);
    else if (chunk.type === 'state') state.take(chunk.state);
    else if (chunk.type === 'call') takePiece(chunk, calls, setting);
    // As it stands it is complete, as one is that ran into `maxTokens`.
    if (words.isFull || calls.isFull) break;
  }
  if (words.isWordless && calls.size === 0) {
    throw new ProviderFailure('The model sent an empty reply', { retryable: true });
  }
  return { calls: calls.all, state: state.all };
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
