import type { LanguageModel, ModelRequest } from '../../providers/model.ts';
import type { TestClock } from '../clock/test-clock.ts';
import type { Outages } from './outages.ts';
import { playChunks } from '../../providers/replies/replies-model.ts';
import { ScriptError } from '../../providers/replies/script-error.ts';
import { createAnswer, type Answer, type Script } from '../../providers/replies/script.ts';

export interface ModelTest {
  readonly clock: TestClock;
  readonly outages: Outages;
  /** Names of the agent's tools. */
  readonly tools: readonly string[];
  readonly onRequest: (request: ModelRequest) => void;
  /** The script has no reply: the test is wrong, and not the agent. */
  readonly onFault: (error: unknown) => void;
}

/** The model of a conversation in a test: a script that takes its time by the test's clock, or a model of the test's own. */
export function createTestedModel(model: Script | LanguageModel, test: ModelTest): LanguageModel {
  const asked = isModel(model) ? followed(model, test) : scripted(createAnswer(model), test);
  return {
    async *reply(request, signal) {
      test.outages.check('model');
      test.onRequest(request);
      yield* asked.reply(request, signal);
    },
  };
}

export function isModel(model: Script | LanguageModel): model is LanguageModel {
  return 'reply' in model && typeof model.reply === 'function';
}

function scripted(answer: Answer, test: ModelTest): LanguageModel {
  const { clock } = test;
  return {
    reply: (request, signal) => playChunks(answerTo(request, answer, test), clock, signal),
  };
}

function answerTo(request: ModelRequest, answer: Answer, { tools, onFault }: ModelTest) {
  try {
    const chunks = answer(request);
    for (const { chunk, unknown } of chunks) if (chunk.type === 'call' && !unknown) checkName(chunk.name, tools);
    return chunks;
  } catch (error) {
    onFault(error);
    throw error;
  }
}

function checkName(name: string | undefined, tools: readonly string[]): void {
  if (name === undefined || tools.includes(name)) return;
  const known = tools.length > 0 ? `the agent has ${tools.join(', ')}` : 'the agent has none';
  const advice = `correct the name, or write call('${name}', { … }, { unknown: true }) where the model is to invent it`;
  throw new ScriptError(`The script calls '${name}', but no tool has this name: ${known}; ${advice}`);
}

/** Each piece of the reply is waited for in real time. */
function followed(model: LanguageModel, { clock }: ModelTest): LanguageModel {
  return {
    reply: (request, signal) => clock.outside.followEach('the model', model.reply(request, signal), signal),
  };
}
