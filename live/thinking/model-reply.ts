import { ProviderFailure } from '../../providers/failure.ts';
import type { ProviderState } from '../../contract/rounds.ts';
import type { TokenCounts } from '../../contract/usage.ts';
import type { AiSdkModel } from '../../providers/ai-sdk/model-object.ts';
import type { LanguageModel, ModelFor, ModelRequest } from '../../providers/model.ts';
import type { ModelChoice } from '../../agent/agent.ts';
import { type Clock, pause } from '../../time/clock.ts';
import { NoSignOfLife, withPatience } from '../../providers/patience.ts';
import { MarkedText, type TextPart } from './marked-text.ts';
import { type CallPiece, type ReplyCall, ReplyCalls } from './reply-calls.ts';
import { ReplyState, withStateOf } from './reply-state.ts';
import type { RoundWords } from './round-words.ts';
import { type Shown, ShownHistory } from './shown-history.ts';
import { StepUsage } from './step-usage.ts';

export interface ReplySetting {
  readonly modelFor: ModelFor;
  /** Of the model that the request names. */
  readonly modelObject?: AiSdkModel | undefined;
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
  /** Of this conversation and the first model. Default: nothing is known of it. */
  readonly history?: ShownHistory;
  /** Takes what each reply comes to. Default: nobody wants to know. */
  readonly usage?: StepUsage;
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

/** So much of a piece of text is looked at together. */
const PART_CHARS = 4_096;
/** Two requests to one model are at least so far apart. */
const AGAIN_MS = 250;

/**
 * One reply of the model: its words go where they are said, its calls and its state come back. Throws the last failure.
 *
 * 1. A model that gives no sign of life in time is left: the fallback models are asked, or without one the same again.
 * 2. After another failure that may pass it is asked once more: a moment after the first request, or when the server has
 *    said, if that is no later than a second try may take. If that fails too, the fallback models are asked, in their order.
 * 3. After a failure that stays only the fallback models are asked. One that refuses what was sent may concern the conversation
 *    before this turn: the same model is asked with less of it first, as `ShownHistory` has it.
 * 4. Each try but the first has half the time to its first sign of life.
 * 5. If words were said before, the model is asked to go on from there.
 * 6. A model is sent the state that is its own, and no other's; of a reply that broke off none is kept.
 */
export async function streamReply(request: ModelRequest, setting: ReplySetting): Promise<Reply> {
  const { words, timeoutMs, clock, modelObject, history = new ShownHistory(), usage = new StepUsage() } = setting;
  const { messages, tools, toolChoice, ...named } = request;
  const first: ModelChoice = { ...named, ...(modelObject && { object: modelObject }) };
  const ask: Ask = async ({ choice: { object, ...choice }, shown }, within) => {
    const said = words.isWordless ? {} : { said: words.text };
    const model = within.modelFor(object ? { object } : {});
    const reply = await readReply(
      { messages: shown?.messages ?? messages, tools, toolChoice, ...choice, ...said },
      { ...within, model, count: usage.begin(choice.model) },
    );
    if (shown) history.accept(messages, shown);
    return reply;
  };
  const shown = history.select(messages);
  const askedMs = clock.nowMs();
  try {
    return await ask({ choice: first, shown }, setting);
  } catch (error) {
    const shorter = isRefusal(error) ? history.afterRefusal(messages, shown, error) : [];
    const again = { first, shown, shorter, askedMs, ask };
    return askOthers(error, { ...setting, timeoutMs: Math.ceil(timeoutMs / 2) }, again);
  }
}

/** Who is asked, and what it is shown. Without `shown`: the whole conversation. */
interface Try {
  readonly choice: ModelChoice;
  readonly shown?: Shown;
}

type Ask = (asked: Try, within: ReplySetting) => Promise<Reply>;

interface Asking {
  /** That has failed. */
  readonly first: ModelChoice;
  /** What it was shown. */
  readonly shown: Shown;
  /** What it may be shown instead, where it has refused that. */
  readonly shorter: readonly Shown[];
  /** When it was asked. */
  readonly askedMs: number;
  readonly ask: Ask;
}

interface AskedModel {
  readonly model: LanguageModel;
  /** Takes what its reply comes to. */
  readonly count: (tokens: TokenCounts) => void;
}

async function askOthers(failed: unknown, setting: ReplySetting, asking: Asking): Promise<Reply> {
  const { first, ask } = asking;
  const { clock, signal } = setting;
  let { askedMs } = asking;
  let failure = failed;
  for (const next of triesAfter(failure, setting, asking)) {
    // Less of the conversation helps where that is refused.
    if (asking.shorter.length > 0 && next.choice === first && !isRefusal(failure)) continue;
    if (next.choice === first) {
      const { retryAfterMs = 0 } = failure as ProviderFailure;
      await pause(clock, Math.max(retryAfterMs, askedMs + AGAIN_MS - clock.nowMs()), signal);
      signal.throwIfAborted();
      askedMs = clock.nowMs();
    }
    try {
      return await ask(next, setting);
    } catch (error) {
      failure = error;
      if (!(error instanceof ProviderFailure)) break;
    }
  }
  throw failure;
}

/** What is tried after a failure of the first model, one after the other, until one answers. */
function triesAfter(failure: unknown, { fallbackModels, timeoutMs }: ReplySetting, asking: Asking): readonly Try[] {
  const { first, shown, shorter } = asking;
  if (!(failure instanceof ProviderFailure)) return [];
  const others = fallbackModels.map((choice) => ({ choice }));
  if (failure instanceof NoSignOfLife) return others.length > 0 ? others : [{ choice: first, shown }];
  if ((failure.retryAfterMs ?? 0) > timeoutMs) return others;
  const again = failure.retryable ? [shown] : shorter;
  return [...again.map((less) => ({ choice: first, shown: less })), ...others];
}

/** Of what was sent, and not of who sent it. */
function isRefusal(failure: unknown): failure is ProviderFailure {
  return failure instanceof ProviderFailure && failure.refused;
}

async function readReply(request: ModelRequest, setting: ReplySetting & AskedModel): Promise<Reply> {
  const { model, count, timeoutMs, patienceMs, clock, signal, words, follower, maxCallsChars, maxStateBytes } = setting;
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
  /** In parts, so that no more is looked at than may be said. */
  const take = (piece: string): void => {
    for (let at = 0; at < piece.length && !words.isFull && !calls.isFull; at += PART_CHARS)
      say(text.push(piece.slice(at, at + PART_CHARS)));
  };
  const messages = withStateOf(owner, request.messages);
  words.restart();
  follower?.restart();
  const open = (inner: AbortSignal) => model.reply({ ...request, messages }, inner);
  for await (const chunk of withPatience(open, { of: 'The model', timeoutMs, patienceMs, clock, signal })) {
    signal.throwIfAborted();
    if (chunk.type === 'text') take(chunk.text);
    else if (chunk.type === 'state') state.take(chunk.state);
    else if (chunk.type === 'call') takePiece(chunk, calls, setting);
    else if (chunk.type === 'usage') count(chunk.tokens);
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
