import type { Agent } from '../../agent/agent.ts';
import { isAgent, type DefinedAgent } from '../../agent/define-agent.ts';
import type { Item } from '../../contract/items.ts';
import { AuthorCode } from '../../live/calls/author-code.ts';
import { ResultCache } from '../../live/calls/result-cache.ts';
import { seenBy, type ThreadRun } from '../../live/calls/tool-places.ts';
import { createAgentVoice } from '../../live/speech/agent-voice.ts';
import type { Voice } from '../../live/speech/synthesise.ts';
import { ShownHistories } from '../../live/thinking/shown-history.ts';
import { MODEL_PATIENCE_MS } from '../../live/thinking/think-step.ts';
import type { StepDependencies } from '../../live/turns/home-steps.ts';
import { LiveTurns } from '../../live/turns/live-turns.ts';
import { createAiSdkModel } from '../../providers/ai-sdk/model.ts';
import { type AiSdkModel, isAiSdkModel } from '../../providers/ai-sdk/model-object.ts';
import type { LanguageModel } from '../../providers/model.ts';
import type { TextToSpeech } from '../../providers/text-to-speech.ts';
import { TestClock } from '../clock/test-clock.ts';
import type { JudgingModel } from '../judging/judging-model.ts';
import { Outages } from '../providers/outages.ts';
import type { Script } from '../../providers/replies/script.ts';
import { createTestedModel } from '../providers/tested-model.ts';
import { createTestedVoice, type ScriptedVoice, type VoiceTest } from '../providers/tested-voice.ts';
import { fittingMetadata, type WithMetadata } from '../fitting-metadata.ts';
import { checkModel } from './argument-checks.ts';
import { BargeIns } from './barge-ins.ts';
import { KeptEvents } from './kept-events.ts';
import { type StandIn, withStandIns } from './stand-ins.ts';
import { Talk } from './talk.ts';

export interface ConverseSetting {
  /** What the model says, or a real model, which is asked in real time. */
  readonly model: Script | LanguageModel | AiSdkModel;
  /**
   * Default: the agent's own voice, if it has one, or else one without a sound that takes 60 ms a character. `false`: the turns
   * are text only.
   */
  readonly voice?: ScriptedVoice | TextToSpeech | false;
  /** The same for the agent's fallback voice, if it has one. */
  readonly fallbackVoice?: ScriptedVoice | TextToSpeech;
  /** Default: one of its own. */
  readonly clock?: TestClock;
  /** What time it is, for instructions that are a function, while the clock stands at 0. Default: the time now. */
  readonly now?: Date;
  /** What some tools do in this test: see `standIn`. */
  readonly tools?: readonly StandIn[];
  /** Facts for each turn, as a conversation is created with: shown to the model and not spoken. */
  readonly context?: string;
  /** The conversation before the test. */
  readonly history?: readonly Item[];
  /** Who judges in `judge(talk, …)`, in real time. */
  readonly judge?: JudgingModel;
}

/** Beside them the metadata of the conversation, as clients send it. */
export type ConverseOptions<Wire = object> = ConverseSetting & WithMetadata<Wire>;

/** Nobody asks here whose code runs. */
const authors = new AuthorCode();

/**
 * A conversation with an agent, in memory: its turns are played by the rules and both players that serve it later, with writes
 * under their gates. The clock moves by itself while a turn is awaited, from one timer to the next.
 */
export function converse<Wire>(agent: DefinedAgent<Wire>, options: ConverseOptions<Wire>): Talk {
  if (!isAgent(agent)) throw new TypeError("The first argument of 'converse' must be what 'defineAgent' returns");
  checkModel(options?.model);
  const { voice = agent.speech ?? {}, clock = new TestClock(1), history = [], tools = [], now = new Date() } = options;
  const metadata = fittingMetadata(agent.metadata, options.metadata, `agent '${agent.name}'`);
  const outages = new Outages();
  const bargeIns = new BargeIns(clock);
  const tested = withStandIns(agent, tools, clock.outside);
  const asked = isAiSdkModel(options.model) ? createAiSdkModel(options.model) : options.model;
  const model = createTestedModel(asked, {
    ...{ clock, outages, tools: agent.tools.list().map(({ name }) => name) },
    onRequest: (request) => talk.noteRequest(request),
    onFault: (error) => talk.noteFault(error),
  });
  const stream = new KeptEvents(clock);
  const steps = createSteps({ agent: tested, modelFor: () => model, clock, onLogged: (line) => talk.noteLogged(line) });
  const turns = new LiveTurns({
    ...{ stream, clock, ahead: steps },
    voice: createVoice(agent, { ...options, voice: voice === false ? {} : voice }, { clock, outages }),
    recordBargeIn: (turn, cut) => talk.recordBargeIn(turn.id, cut),
  });
  const stage = { turns, steps, stream, clock };
  const modality = voice === false ? 'text' : 'audio';
  const { judge, context } = options;
  const talk: Talk = new Talk({
    ...{ agent: tested, metadata, now, stage, outages, bargeIns, modality, history, judge, context },
  });
  stream.onEvent = (turnId, event) => bargeIns.happened(turnId, event);
  return talk;
}

/** As in a process that serves turns, but for the apology, which is not synthesised in advance: a voice says what the test asks for. */
function createVoice(
  { speech: _, fallbackVoice: second, ...agent }: Agent,
  { voice, fallbackVoice = second?.speech ?? {} }: TestedVoices,
  test: Omit<VoiceTest, 'provider'>,
): Voice {
  const speech = createTestedVoice(voice, { ...test, provider: 'voice' });
  const fallbackSpeech = createTestedVoice(fallbackVoice, { ...test, provider: 'fallbackVoice' });
  const fallback = second && { name: second.name, ...('speak' in fallbackVoice && { speech: fallbackSpeech }) };
  const voices = { ...('speak' in voice && { speech }), ...(fallback && { fallbackVoice: fallback }) };
  return createAgentVoice({ agent: { ...agent, ...voices }, speech, fallbackSpeech, clock: test.clock }).voice;
}

interface TestedVoices {
  readonly voice: ScriptedVoice | TextToSpeech;
  readonly fallbackVoice?: ScriptedVoice | TextToSpeech;
}

interface StepParts extends Pick<StepDependencies, 'agent' | 'modelFor' | 'onLogged'> {
  readonly clock: TestClock;
}

function createSteps({ clock, ...parts }: StepParts): StepDependencies {
  const cache = new ResultCache(clock);
  const histories = new ShownHistories();
  return { ...parts, modelPatienceMs: MODEL_PATIENCE_MS, histories, cache, authors, runOnThread: runHere(parts.agent) };
}

/** Tools that block have threads where they are served; here all run in the test's own. */
function runHere(agent: Agent): ThreadRun {
  return async ({ tool: name, arguments: args, metadata, onThrown }, context) => {
    const tool = agent.tools.find(name);
    const checked = tool?.checkArguments(args, onThrown);
    if (!tool || !checked?.ok) return checked ?? { ok: false, error: { kind: 'unknown_tool', message: name } };
    const seen = seenBy(tool, agent.metadata.read(metadata).value);
    return tool.checkResult(await tool.run(checked.value, { ...context, metadata: seen }), onThrown);
  };
}
