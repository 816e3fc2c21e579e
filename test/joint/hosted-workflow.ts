import { defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker.js';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared.js';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm.js';
import type { Workflow } from '@temporalio/worker/lib/workflow/interface.js';
import type { WorkflowBundle } from '../workflow-bundle.ts';

type Activation = Parameters<Workflow['activate']>[0];
export type Job = NonNullable<Activation['jobs']>[number];
type Completion = Awaited<ReturnType<Workflow['activate']>>;
export type Command = NonNullable<NonNullable<Completion['successful']>['commands']>[number];
type Payload = NonNullable<Parameters<typeof defaultPayloadConverter.fromPayload>[0]>;

export const toPayload = (value: unknown): Payload => defaultPayloadConverter.toPayload<unknown>(value);
export const fromPayload = (payload: unknown): unknown => defaultPayloadConverter.fromPayload(payload as Payload);
export const toFailure = (error: unknown) => defaultFailureConverter.errorToFailure(error, defaultPayloadConverter);
export const fromFailure = (failure: unknown): Error =>
  defaultFailureConverter.failureToError(failure as never, defaultPayloadConverter);

/** The SDK's own sandbox for workflow code, with the bundle that workers run: what is played there is the real workflow. */
export async function createSandbox(bundle: WorkflowBundle) {
  const sandbox = await ReusableVMWorkflowCreator.create(parseWorkflowCode(bundle.code), 10_000, STEPS);
  // Stacks of promises are for Temporal UI; here they would be noted for every promise of the process.
  globalHandlers.uninstall();
  return sandbox;
}

const STEPS = new Set([
  'think',
  'voice',
  'callTool',
  'passGate',
  'runTool',
  'cutTurn',
  'closeTurn',
  'probeHome',
  'takeHome',
]);

export type Sandbox = Awaited<ReturnType<typeof createSandbox>>;

export interface Starting {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  readonly taskQueue: string;
  readonly nowMs: number;
}

/** One run of a workflow in the sandbox. Activations go in, commands come out, as between worker and server. */
export class HostedWorkflow {
  readonly #workflow: Workflow;
  readonly #runId: string;
  #historyLength = 3;

  private constructor(workflow: Workflow, runId: string) {
    this.#workflow = workflow;
    this.#runId = runId;
  }

  static async create(sandbox: Sandbox, start: Starting): Promise<HostedWorkflow> {
    const info = { ...start, ...RUN, workflowType: start.type, ...idsOf(start), startTime: new Date(start.nowMs) };
    const options = { info: { ...info, runStartTime: info.startTime }, randomnessSeed: [1], now: start.nowMs };
    const workflow = await sandbox.createWorkflow({ ...options, showStackTraceSources: false } as never);
    return new HostedWorkflow(workflow, start.runId);
  }

  /** Throws what makes a workflow task fail: the server would send it again for ever. */
  async activate(jobs: readonly Job[], nowMs: number, more: Partial<Activation> = {}): Promise<readonly Command[]> {
    this.#historyLength += 3;
    const activation = {
      runId: this.#runId,
      timestamp: msToTs(Math.round(nowMs)),
      jobs: [...jobs],
      historyLength: this.#historyLength,
      ...more,
    };
    const { successful, failed } = await this.#workflow.activate(activation);
    if (failed) throw fromFailure(failed.failure);
    return successful?.commands ?? [];
  }

  async dispose(): Promise<void> {
    await this.#workflow.dispose();
  }
}

function idsOf({ runId }: Starting) {
  return { firstExecutionRunId: runId, originalExecutionRunId: runId };
}

const RUN = {
  namespace: 'default',
  searchAttributes: {},
  typedSearchAttributes: undefined,
  taskTimeoutMs: 10_000,
  attempt: 1,
  historyLength: 3,
  historySize: 0,
  continueAsNewSuggested: false,
  unsafe: { isReplaying: false, isReplayingHistoryEvents: false },
};
