import type { LanguageModel, ModelRequest } from '../../providers/model.ts';
import type { TestClock } from '../clock/test-clock.ts';
import type { Outages } from './outages.ts';
import { playChunks } from '../../providers/replies/replies-model.ts';
import { createAnswer, type Answer, type Script } from '../../providers/replies/script.ts';

export interface ModelTest {
  readonly clock: TestClock;
  readonly outages: Outages;
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

function scripted(answer: Answer, { clock, onFault }: ModelTest): LanguageModel {
  return {
    reply: (request, signal) => playChunks(answerTo(request, answer, onFault), clock, signal),
  };
}

function answerTo(request: ModelRequest, answer: Answer, onFault: (error: unknown) => void) {
  try {
    return answer(request);
  } catch (error) {
    onFault(error);
    throw error;
  }
}

/** Each piece of the reply is waited for in real time. */
function followed(model: LanguageModel, { clock }: ModelTest): LanguageModel {
  return {
    reply: (request, signal) => clock.outside.followEach('the model', model.reply(request, signal), signal),
  };
}
