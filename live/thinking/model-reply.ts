import { ProviderFailure } from '../../providers/failure.ts';
import type { ProviderState } from '../../contract/rounds.ts';
import type { LanguageModel, ModelRequest } from '../../providers/model.ts';
import type { ModelChoice } from '../../agent/agent.ts';
import { type Clock, pause } from '../../time/clock.ts';
import { NoSignOfLife, withPatience } from '../../providers/patience.ts';
import { MarkedText, type TextPart } from './marked-text.ts';
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
  /** Asked one after the other when the model has failed for good. */
  readonly fallbackModels: readonly ModelChoice[];
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

const REFUSALS: readonly (number | undefined)[] = [400, 413, 422];
/** Two requests to one model are at least so far apart. */
const AGAIN_MS = 250;

/**
 * One reply of the model: its words go where they are said, its calls and its state come back. Throws the last failure.
 *
 * 1. A model that gives no sign of life in time is left: the fallback models are asked, or without one the same again.
 * 2. After another failure that may pass it is asked once more: a moment after the first request, or when the server has
 *    said, if that is no later than a second try may take. If that fails too, the fallback models are asked, in their order.
 * 3. After a failure that stays only the fallback models are asked. One that refuses what was sent may concern the conversation
 *    before this turn: the same model is asked without that first.
 * 4. Each try but the first has half the time to its first sign of life.
 * 5. If words were said before, the model is asked to go on from there.
 * 6. A model is sent the state that is its own, and no other's; of a reply that broke off none is kept.
 */
export async function streamReply(request: ModelRequest, setting: ReplySetting): Promise<Reply> {
  const { words, timeoutMs, clock } = setting;
  const { messages, tools, toolChoice, ...first } = request;
  const ask: Ask = async (choice, within, shown = messages) => {
    const said = words.isWordless ? {} : { said: words.text };
    return readReply({ messages: shown, tools, toolChoice, ...choice, ...said }, within);
  };
  const askedMs = clock.nowMs();
  try {
    return await ask(first, setting);
  } catch (error) {
    return askOthers(error, { ...setting, timeoutMs: Math.ceil(timeoutMs / 2) }, { first, askedMs, messages, ask });
  }
}

interface Asking {
  /** That has failed. */
  readonly first: ModelChoice;
  /** When it was asked. */
  readonly askedMs: number;
  readonly messages: ModelRequest['messages'];
  readonly ask: Ask;
}

/** `shown`: in place of all messages. */
type Ask = (choice: ModelChoice, within: ReplySetting, shown?: ModelRequest['messages']) => Promise<Reply>;

async function askOthers(failed: unknown, setting: ReplySetting, asking: Asking): Promise<Reply> {
  const { first, askedMs, messages, ask } = asking;
  const { clock, signal } = setting;
  const shown = isRefusal(failed) ? ofThisTurn(messages) : messages;
  let failure = failed;
  for (const choice of choicesAfter(failure, setting, shown === messages ? asking : { ...asking, isShorter: true })) {
    if (choice === first) {
      const { retryAfterMs = 0 } = failure as ProviderFailure;
      await pause(clock, Math.max(retryAfterMs, askedMs + AGAIN_MS - clock.nowMs()), signal);
      signal.throwIfAborted();
    }
    try {
      return await ask(choice, setting, choice === first ? shown : messages);
    } catch (error) {
      failure = error;
      if (!(error instanceof ProviderFailure)) break;
    }
  }
  throw failure;
}

/** The models that are to be asked after a failure of the first, one after the other, until one answers. */
function choicesAfter(
  failure: unknown,
  { fallbackModels, timeoutMs }: ReplySetting,
  { first, isShorter = false }: Pick<Asking, 'first'> & { readonly isShorter?: boolean },
): readonly ModelChoice[] {
  if (!(failure instanceof ProviderFailure)) return [];
  if (failure instanceof NoSignOfLife) return fallbackModels.length > 0 ? fallbackModels : [first];
  const isWorthWhile = (failure.retryable || isShorter) && (failure.retryAfterMs ?? 0) <= timeoutMs;
  return isWorthWhile ? [first, ...fallbackModels] : fallbackModels;
}

/** Of what was sent, and not of who sent it. */
function isRefusal(failure: unknown): boolean {
  return failure instanceof ProviderFailure && !failure.retryable && REFUSALS.includes(failure.status);
}

/** Without the conversation before this turn, where there is one: what it holds may be refused each time. */
function ofThisTurn(messages: ModelRequest['messages']): ModelRequest['messages'] {
  const from = messages.findLastIndex(({ role }) => role === 'user');
  const own = messages.filter(({ role }, index) => role === 'system' || index >= from);
  return own.length < messages.length ? own : messages;
}

async function readReply(request: ModelRequest, setting: ReplySetting): Promise<Reply> {
  const { model, timeoutMs, patienceMs, clock, signal, words, follower, maxCallsChars, maxStateBytes } = setting;
  const owner = model.provider === undefined ? undefined : { provider: model.provider, model: request.model };
  const calls = new ReplyCalls(maxCallsChars);
  const state = new ReplyState(owner, maxStateBytes);
  const text = new MarkedText(maxCallsChars, { goesOn: !words.isWordless });
  const mayCall = request.toolChoice !== 'none';
  const say = (parts: readonly TextPart[]): void => {
    for (const part of parts) {
      if (part.is === 'words') words.own(part.text);
      else if (mayCall) calls.takeText(part.text);
    }
  };
  const messages = withStateOf(owner, request.messages);
  words.restart();
  follower?.restart();
  const open = (inner: AbortSignal) => model.reply({ ...request, messages }, inner);
  for await (const chunk of withPatience(open, { of: 'The model', timeoutMs, patienceMs, clock, signal })) {
    signal.throwIfAborted();
    if (chunk.type === 'text') say(text.push(chunk.text));
    else if (chunk.type === 'state') state.take(chunk.state);
    else if (chunk.type === 'call') takePiece(chunk, calls, setting);
    // As it stands it is complete, as one is that ran into `maxTokens`.
    if (words.isFull || calls.isFull) break;
  }
  say(text.end());
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
