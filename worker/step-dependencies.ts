import type { Agent } from '../agent/agent.ts';
import type { ModuleGeneration } from '../agent/loading/module-generation.ts';
import { AuthorCode } from '../live/calls/author-code.ts';
import type { StepDependencies } from '../live/turns/home-steps.ts';
import { ResultCache } from '../live/calls/result-cache.ts';
import type { OnLogged } from '../live/calls/tool-log.ts';
import { ShownHistories } from '../live/thinking/shown-history.ts';
import { MODEL_PATIENCE_MS } from '../live/thinking/think-step.ts';
import type { LanguageModel } from '../providers/model.ts';
import type { OnStray } from './watch/stray-errors.ts';
import { createToolThreads } from './tool-threads.ts';

export interface StepsSetting {
  readonly agent: Agent;
  /** Path of the agent's module, for the threads that load it. */
  readonly agentPath: string;
  /** What the agent's modules belong to where they are reloaded when they change. */
  readonly generation?: ModuleGeneration;
  readonly model: LanguageModel;
  /** Default: a new one. */
  readonly authors?: AuthorCode;
  /** Takes what tools log. Default: nobody does. */
  readonly onLogged?: OnLogged;
  /** Called with an error on a thread that is not the result of a call. */
  readonly onStray?: OnStray;
}

export interface Steps extends AsyncDisposable {
  readonly steps: StepDependencies;
  /** Resolves when nothing runs on its threads. */
  readonly whenIdle: () => Promise<void>;
}

/** What the steps of a process's turns need, for the live player and the record alike. */
export function createSteps(setting: StepsSetting): Steps {
  const { agent, model, authors = new AuthorCode(), onLogged = () => undefined } = setting;
  const threads = createToolThreads(setting);
  const cache = new ResultCache();
  const thinking = { agent, model, modelPatienceMs: MODEL_PATIENCE_MS, histories: new ShownHistories() };
  return {
    steps: { ...thinking, cache, authors, runOnThread: threads.run, onLogged },
    whenIdle: threads.whenIdle,
    [Symbol.asyncDispose]: () => threads.close(),
  };
}
