import type { Speech } from '../../contract/rounds.ts';
import type { FailedThought, ThinkResult } from '../../contract/steps.ts';
import type { ModelRequest } from '../../providers/model.ts';
import { aborted } from '../../time/clock.ts';
import { type ReplyLimits, replyLimits, TURN_LIMIT_BYTES } from '../../turn/budget.ts';
import { type Round, shownResult } from '../../turn/call.ts';
import { jsonBytes } from '../../turn/json-bytes.ts';
import { isBeforeWords, thinkStep } from '../../turn/steps.ts';
import { revealResult } from '../calls/reveal.ts';
import { toolboxFor } from './check-calls.ts';
import type { CheckedCall } from './check-calls.ts';
import { withoutDuplicates } from './duplicate-calls.ts';
import { EarlyCalls } from './early-calls.ts';
import { type Reply, type ReplySetting, streamReply } from './model-reply.ts';
import { placeOf } from '../speech/fillers.ts';
import { toModelRequest } from './prompt.ts';
import { RoundVoice } from './round-voice.ts';
import { RoundWords } from './round-words.ts';
import type { StepUsage } from './step-usage.ts';
import type { ThinkContent, Thinking } from './think-step.ts';

/** The model failed for good. What it had said until then was heard, and what was said while it was asked. */
export class ThinkFailed extends Error {
  override readonly name = 'Model.Failed';
  readonly thought: FailedThought;

  constructor(failure: unknown, { said, spoken, usage }: Failed) {
    super(failure instanceof Error ? failure.message : String(failure), { cause: failure });
    this.thought = { said, ...(spoken.length > 0 && { spoken }), ...usage.told };
  }
}

interface Failed {
  readonly said: string;
  readonly spoken: readonly Speech[];
  readonly usage: StepUsage;
}

/**
 * One model call: its words are spoken while it still writes, its calls are checked when it is done. Until its first words
 * the agent's fillers are said. Ended by `signal`, it returns what was said. Throws ThinkFailed.
 */
export async function thinkAloud(input: ThinkContent, thinking: Thinking): Promise<ThinkResult> {
  const { turn, signal, usage } = thinking;
  const { round } = input;
  for (const { call, result } of input.settled ?? []) turn.happened({ type: 'call_settled', call, result });
  const voice = new RoundVoice(round, thinking);
  const limits = replyLimits(turn.played.rounds);
  const words = new RoundWords(voice, limits.wordsChars);
  words.resume(voice.saidBefore);
  try {
    await Promise.race([turn.silence, aborted(signal)]);
    voice.beginWait();
    const limited = { ...thinking, limits };
    const result = await think(input, words, limited).finally(() => voice.endWait());
    signal.throwIfAborted();
    const thought = { ...result, ...(await voice.fillers()), ...usage.told };
    signal.throwIfAborted();
    checkSize(thought);
    turn.happened({ type: 'thought', round, ...thought });
    const played = turn.played.rounds.find(({ round: number }) => number === round);
    voice.end(played?.speeches.find((speech) => !isBeforeWords(speech))?.kind);
    revealSettled(played, thinking);
    return thought;
  } catch (error) {
    const said = await voice.fillers();
    if (signal.aborted) {
      voice.cut();
      const stopped = { text: words.text, calls: [], ...said, ...usage.told, stopped: true } as const;
      return { ...stopped, ...(turn.bargeIn && { cut: turn.bargeIn }) };
    }
    voice.end();
    const { spoken = [] } = said;
    turn.happened({ type: 'think_failed', round, said: words.text, spoken });
    throw new ThinkFailed(error, { said: words.text, spoken, usage });
  }
}

function revealSettled(round: Round | undefined, by: Thinking): void {
  for (const call of round?.calls ?? []) {
    const result = round && shownResult(call, round);
    if (result) revealResult(call, result, by);
  }
}

interface Limited extends Thinking {
  readonly limits: ReplyLimits;
}

async function think({ round, mustAnswer }: ThinkContent, words: RoundWords, thinking: Limited): Promise<ThinkResult> {
  const { agent, modelFor, modelPatienceMs: patienceMs, histories, turn, signal, limits, usage } = thinking;
  const { modelObject, fallbackModels, modelTimeoutMs: timeoutMs } = agent;
  const { items } = turn;
  const { rounds } = turn.played;
  const request = toModelRequest({ agent, items, rounds, facts: turn.start, mustAnswer });
  const maxCallsChars = limits.callsChars;
  const early = new EarlyCalls({ round, items, maxCallsChars, ...thinking });
  const within = { timeoutMs, patienceMs, maxCallsChars, maxStateBytes: limits.stateBytes };
  const history = histories.of(turn.start.conversationId, request.model);
  const asking = { modelFor, modelObject, fallbackModels, clock: turn.clock, signal, words, history, usage, ...within };
  const reply = await ask(request, { ...asking, ...(!mustAnswer && turn.runsAhead && { follower: early }) });
  if (words.isFull) turn.account.noted(thinkStep(round), 'cut', 'The reply was longer than a turn has room for');
  const checked = reply.calls.map((call, place) => early.checked(place, call));
  if (!mustAnswer) sayPreamble(checked, words, { agent, turn, round });
  const calls = withoutDuplicates(
    checked.map(({ planned }) => planned),
    (name) => agent.tools.find(name),
  );
  for (const [place, { fault }] of calls.entries()) if (fault) early.spoil(place);
  const toolbox = toolboxFor(calls, thinking);
  return {
    ...{ text: words.text, calls },
    ...(Object.keys(toolbox).length > 0 && { toolbox }),
    // Without calls there is no later round that it could come back in.
    ...(reply.state && calls.length > 0 && { providerState: reply.state }),
  };
}

/** What a model writes has its limits; what an agent's author has its tools say does not. */
function checkSize(result: ThinkResult): void {
  const bytes = jsonBytes(result);
  if (bytes <= TURN_LIMIT_BYTES) return;
  const why = `with the 'fillers' and 'onFailure' of its tools it has ${bytes} bytes, over the limit of ${TURN_LIMIT_BYTES}`;
  throw new Error(`The round cannot be recorded: ${why}; shorten 'fillers' and 'onFailure' of its tools`);
}

/** If a reply breaks off, what was begun for its calls is discarded. */
async function ask(request: ModelRequest, setting: ReplySetting): Promise<Reply> {
  try {
    return await streamReply(request, setting);
  } catch (error) {
    setting.follower?.restart();
    throw error;
  }
}

/** Where nothing was said: a preamble that stood in the middle of the arguments, or the phrase of a tool that wants one. */
function sayPreamble(
  checked: readonly CheckedCall[],
  words: RoundWords,
  { agent, turn, round }: Pick<Thinking, 'agent' | 'turn'> & Pick<ThinkContent, 'round'>,
): void {
  for (const { preamble } of checked) words.late(preamble);
  if (!words.isWordless) return;
  const forced = checked.find(({ planned }) => agent.tools.find(planned.name)?.preamble.mode === 'force');
  const tool = forced && agent.tools.find(forced.planned.name);
  const phrases = tool?.preamble.say ?? [];
  if (tool) words.late(turn.phrases.choose(phrases, placeOf(turn, round)) ?? phrases[0]);
}
