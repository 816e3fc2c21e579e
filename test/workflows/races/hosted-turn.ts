import assert from 'node:assert/strict';
import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure, TimeoutType } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { FailureType } from '../../../contract/failures.ts';
import { interrupt, turnRecord } from '../../../contract/messages.ts';
import type { TurnStart } from '../../../contract/turn.ts';
import type { TurnRecord } from '../../../contract/turn-record.ts';
import { type Command, fromFailure, fromPayload, HostedWorkflow, type Job } from '../../joint/hosted-workflow.ts';
import { type Sandbox, toFailure, toPayload } from '../../joint/hosted-workflow.ts';

interface OpenStep {
  readonly seq: number;
  readonly type: string;
  isCancelled: boolean;
}

const NOW_MS = 1_700_000_000_000;

/** A turn's workflow in the SDK's sandbox: a test says which events each of its tasks brings, and in which order. */
export class HostedTurn {
  /** Answers and rejections of updates, by the update's id. */
  readonly answers = new Map<string, unknown>();
  /** Steps that were scheduled and have not ended, by the ids of their activities. */
  readonly open = new Map<string, OpenStep>();
  /** What steps were asked, by the ids of their activities. */
  readonly inputs = new Map<string, unknown>();
  end: { readonly result?: unknown; readonly failure?: Error & { type?: string } } | undefined;
  readonly #workflow: HostedWorkflow;
  readonly #timers = new Set<number>();

  private constructor(workflow: HostedWorkflow) {
    this.#workflow = workflow;
  }

  static async create(sandbox: Sandbox): Promise<HostedTurn> {
    const start = { workflowId: 'turn-races-1', runId: 'run-1', type: 'turn', taskQueue: 'shared', nowMs: NOW_MS };
    return new HostedTurn(await HostedWorkflow.create(sandbox, start));
  }

  /** The timers that run: a turn has none but its deadline's. */
  get timers(): number {
    return this.#timers.size;
  }

  async task(...jobs: Job[]): Promise<void> {
    for (const { resolveActivity } of jobs) if (resolveActivity) this.#forget(Number(resolveActivity.seq));
    for (const { fireTimer } of jobs) if (fireTimer) this.#timers.delete(Number(fireTimer.seq));
    for (const command of await this.#workflow.activate(jobs, NOW_MS)) this.#perform(command);
  }

  async record(): Promise<TurnRecord> {
    const queryWorkflow = { queryId: 'record', queryType: turnRecord, arguments: [], headers: {} };
    const query = { variant: 'queryWorkflow', queryWorkflow } as unknown as Job;
    const [command] = await this.#workflow.activate([query], NOW_MS);
    const { succeeded } = command?.respondToQuery ?? {};
    return fromPayload(succeeded?.response) as TurnRecord;
  }

  async dispose(): Promise<void> {
    await this.#workflow.dispose();
  }

  begin(start: TurnStart): Job {
    const named = { workflowType: 'turn', workflowId: 'turn-races-1', headers: {}, startTime: msToTs(NOW_MS) };
    return { initializeWorkflow: { ...named, arguments: [toPayload(start)] } };
  }

  ended(step: string, result: StepResult): Job {
    const { seq } =
      this.open.get(step) ?? assert.fail(`'${step}' is not open; ${[...this.open.keys()].join(', ')} are`);
    return { resolveActivity: { seq, result: toResult(result, step) } };
  }

  deadline(): Job {
    const [seq] = this.#timers;
    return { fireTimer: { seq: seq ?? assert.fail('no deadline runs') } };
  }

  signal(argument?: object): Job {
    const input = argument ? [toPayload(argument)] : [];
    return { signalWorkflow: { signalName: interrupt, input, headers: {} } };
  }

  update(id: string, argument?: object): Job {
    const named = { id, protocolInstanceId: id, name: interrupt, runValidator: true, headers: {}, meta: {} };
    return { doUpdate: { ...named, input: argument ? [toPayload(argument)] : [] } };
  }

  cancel(): Job {
    return { cancelWorkflow: { reason: '' } };
  }

  #perform(command: Command): void {
    const { scheduleActivity, requestCancelActivity, startTimer, cancelTimer, updateResponse } = command;
    if (scheduleActivity) this.#schedule(scheduleActivity);
    const cancelled = [...this.open.values()].find(({ seq }) => seq === Number(requestCancelActivity?.seq));
    if (cancelled) cancelled.isCancelled = true;
    if (startTimer) this.#timers.add(Number(startTimer.seq));
    if (cancelTimer) this.#timers.delete(Number(cancelTimer.seq));
    if (updateResponse?.completed)
      this.answers.set(String(updateResponse.protocolInstanceId), fromPayload(updateResponse.completed));
    if (updateResponse?.rejected)
      this.answers.set(String(updateResponse.protocolInstanceId), fromFailure(updateResponse.rejected).message);
    const { completeWorkflowExecution: completed, failWorkflowExecution: failed } = command;
    if (completed) this.end = { result: fromPayload(completed.result) };
    if (failed) this.end = { failure: fromFailure(failed.failure) };
  }

  #schedule(command: NonNullable<Command['scheduleActivity']>): void {
    const step = String(command.activityId);
    assert.ok(!this.open.has(step), `Temporal refuses a task that schedules '${step}' while it is open`);
    this.open.set(step, { seq: Number(command.seq), type: String(command.activityType), isCancelled: false });
    this.inputs.set(step, command.arguments?.[0] && fromPayload(command.arguments[0]));
  }

  #forget(seq: number): void {
    for (const [step, open] of this.open) if (open.seq === seq) this.open.delete(step);
  }
}

/** What a step comes to. */
export type StepResult =
  | 'cancelled'
  | { readonly result: unknown }
  | { readonly failure: FailureType; readonly details?: unknown[] }
  | { readonly timeout: keyof typeof TimeoutType };

function toResult(result: StepResult, step: string) {
  if (result !== 'cancelled' && 'result' in result) return { completed: { result: toPayload(result.result) } };
  const failure = toFailure(
    new ActivityFailure('It failed', 'step', step, 'NON_RETRYABLE_FAILURE', 'home', toCause(result)),
  );
  return result === 'cancelled' ? { cancelled: { failure } } : { failed: { failure } };
}

function toCause(result: Exclude<StepResult, { result: unknown }>): Error {
  if (result === 'cancelled') return new CancelledFailure('It was cancelled');
  if ('timeout' in result) return new TimeoutFailure('It took too long', undefined, TimeoutType[result.timeout]);
  const { failure: type, details = [] } = result;
  return ApplicationFailure.create({ message: 'It failed', type, details, nonRetryable: true });
}
