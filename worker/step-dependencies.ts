import type { Agent } from '../agent/agent.ts';
import type { ModuleGeneration } from '../agent/loading/module-generation.ts';
import { AuthorCode } from '../live/calls/author-code.ts';
import type { CallDependencies } from '../live/calls/call-step.ts';
import type { StepDependencies } from '../live/turns/home-steps.ts';
import { ResultCache } from '../live/calls/result-cache.ts';
import type { OnLogged } from '../live/calls/tool-log.ts';
import { ShownHistories } from '../live/thinking/shown-history.ts';
import { MODEL_PATIENCE_MS } from '../live/thinking/think-step.ts';
import { createAiSdkModel } from '../providers/ai-sdk/model.ts';
import type { AiSdkModel } from '../providers/ai-sdk/model-object.ts';
import type { LanguageModel, ModelFor } from '../providers/model.ts';
import type { OnStray } from './watch/stray-errors.ts';
import { createToolThreads } from './tool-threads.ts';

export interface CallsSetting {
  readonly agent: Agent;
  /** Path of the agent's module, for the threads that load it. */
  readonly agentPath: string;
  /** What the agent's modules belong to where they are reloaded when they change. */
  readonly generation?: ModuleGeneration;
  /** Default: a new one. */
  readonly authors?: AuthorCode;
  /** Takes what tools log. Default: nobody does. */
  readonly onLogged?: OnLogged;
  /** Called with an error on a thread that is not the result of a call. */
  readonly onStray?: OnStray;
}

export interface StepsSetting extends CallsSetting {
  /** For models that are named by a string, if there are any. */
  readonly model: LanguageModel | undefined;
}

interface Threaded extends AsyncDisposable {
  /** Resolves when nothing runs on its threads. */
  readonly whenIdle: () => Promise<void>;
}

export interface Calls extends Threaded {
  readonly calls: CallDependencies;
}

export interface Steps extends Threaded {
  readonly steps: StepDependencies;
}

/** What tools are run with. */
export function createCalls(setting: CallsSetting): Calls {
  const { agent, authors = new AuthorCode(), onLogged = () => undefined } = setting;
  const threads = createToolThreads(setting);
  return {
    calls: { agent, cache: new ResultCache(), authors, runOnThread: threads.run, onLogged },
    whenIdle: threads.whenIdle,
    [Symbol.asyncDispose]: () => threads.close(),
  };
}

/** What the steps of a process's turns need, for the live player and the record alike. */
export function createSteps(setting: StepsSetting): Steps {
  const { calls, ...threaded } = createCalls(setting);
  const modelFor = createModelFor(setting.model);
  const steps = { ...calls, modelFor, modelPatienceMs: MODEL_PATIENCE_MS, histories: new ShownHistories() };
  return { steps, ...threaded };
}

/** What an object has shown that it does not take is remembered as long as its agent is in use. */
function createModelFor(model: LanguageModel | undefined): ModelFor {
  const models = new Map<AiSdkModel, LanguageModel>();
  return ({ object }) => {
    if (!object && model) return model;
    if (!object) throw new Error('No model was opened for those that are named by a string');
    const known = models.get(object) ?? createAiSdkModel(object);
    models.set(object, known);
    return known;
  };
}
